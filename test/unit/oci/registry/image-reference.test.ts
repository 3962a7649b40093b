import { describe, expect, test } from "vitest";
import {
  apiHost,
  formatReference,
  isLoopback,
  parseImageReference,
} from "../../../../src/oci/registry/image-reference.ts";

const digest = `sha256:${"a".repeat(64)}`;

describe("parseImageReference", () => {
  test.each([
    ["ghcr.io/acme/shop", ["ghcr.io", "acme/shop", "latest", undefined]],
    ["localhost:5000/shop:v1", ["localhost:5000", "shop", "v1", undefined]],
    ["localhost/shop", ["localhost", "shop", "latest", undefined]],
    ["[::1]:5000/a/b_c/d-e.f:V_1.0", ["[::1]:5000", "a/b_c/d-e.f", "V_1.0", undefined]],
    [`ghcr.io/shop@${digest}`, ["ghcr.io", "shop", "latest", digest]],
    ["docker.io/debian:12", ["docker.io", "library/debian", "12", undefined]],
    ["docker.io/acme/shop", ["docker.io", "acme/shop", "latest", undefined]],
  ])("reads %s", (text, [registry, repository, tag, pinned]) => {
    expect(parseImageReference(text)).toEqual({ registry, repository, tag, digest: pinned });
  });

  test.each([
    ["shop", "does not begin with the host of a registry"],
    ["acme/shop", "does not begin with the host of a registry"],
    ["user:pass@ghcr.io/shop", "does not begin with the host of a registry"],
    ["https://ghcr.io/shop", "does not begin with the host of a registry"],
    ["ghcr.io/Shop", "`Shop` is not a valid name"],
    ["ghcr.io/a//b", "`a//b` is not a valid name"],
    ["ghcr.io/../x", "`../x` is not a valid name"],
    ["ghcr.io/shop:a b", "is not `HOST/NAME[:TAG]`"],
    ["ghcr.io/", "is not `HOST/NAME[:TAG]`"],
    ["ghcr.io/shop?x=1", "`shop?x=1` is not a valid name"],
  ])("refuses %j", (text, problem) => {
    expect(parseImageReference(text)).toEqual({ problem: expect.stringContaining(problem) });
  });
});

test("formatReference gives what a user types", () => {
  const reference = { registry: "ghcr.io", repository: "shop", tag: "v1" };
  expect(formatReference(reference)).toBe("ghcr.io/shop:v1");
  expect(formatReference({ ...reference, digest })).toBe(`ghcr.io/shop:v1@${digest}`);
});

test("Docker Hub's API has a host of its own", () => {
  expect(["docker.io", "index.docker.io", "ghcr.io"].map(apiHost)).toEqual([
    ...["registry-1.docker.io", "registry-1.docker.io", "ghcr.io"],
  ]);
});

test.each([
  ["localhost", true],
  ["localhost:5000", true],
  ["127.0.0.1:5000", true],
  ["[::1]:5000", true],
  ["localhost.example.com", false],
  ["127.0.0.1.example.com", false],
  ["10.0.0.1:5000", false],
])("%s is this machine: %s", (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
