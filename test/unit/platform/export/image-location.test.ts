import { describe, expect, test } from "vitest";
import {
  defaultImageName,
  parseImageLocation,
} from "../../../../src/platform/export/image-location.ts";

describe("parseImageLocation", () => {
  test.each([
    ["oci:out", { kind: "oci", path: "/home/out", name: undefined }],
    ["oci:/out:v1", { kind: "oci", path: "/out", name: "v1" }],
    [
      "docker-archive:a.tar:shop:v1",
      { kind: "docker-archive", path: "/home/a.tar", name: "shop:v1" },
    ],
    [
      "docker-archive:a.tar:shop",
      { kind: "docker-archive", path: "/home/a.tar", name: "shop:latest" },
    ],
    ["docker-daemon:shop", { kind: "docker-daemon", name: "shop:latest" }],
    [
      "docker-daemon:localhost:5000/shop",
      { kind: "docker-daemon", name: "localhost:5000/shop:latest" },
    ],
    [
      "registry:ghcr.io/acme/shop:v1",
      {
        kind: "registry",
        reference: { registry: "ghcr.io", repository: "acme/shop", tag: "v1", digest: undefined },
      },
    ],
  ])("reads %s", (text, expected) => {
    expect(parseImageLocation("--image", text, "/home")).toEqual(expected);
  });

  test.each(["out", "docker://shop", "oci:", "registry:", ""])("refuses %j", (text) => {
    expect(() => parseImageLocation("--image", text, "/")).toThrow(
      expect.objectContaining({
        failure: { code: "platform/usage", problem: expect.stringContaining("`--image` takes") },
      }),
    );
  });
});

test("refuses a reference that no registry would take, and says why", () => {
  const parse = () => parseImageLocation("--image", "registry:ghcr.io/Shop", "/");
  expect(parse).toThrow(
    expect.objectContaining({
      failure: {
        code: "platform/usage",
        problem: expect.stringMatching(/^`--image`: `Shop` is not a valid name: use lower-case/),
      },
    }),
  );
});

test("the name in an engine is by default that of the app's directory", () => {
  expect(defaultImageName("/srv/My Shop_2/")).toBe("my-shop-2:latest");
  expect(defaultImageName("/")).toBe("app:latest");
});
