import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readBuildpackDescriptor } from "../../src/cnb/buildpack-descriptor.ts";

const checkout = resolve(import.meta.dirname, "../..");
const descriptor = await readBuildpackDescriptor(checkout);

describe("buildpack.toml (TOML)", () => {
  test("declares the API that this code keeps", () => {
    expect(descriptor.api).toBe("0.10");
  });

  test("has the one id, which a registry takes too: a namespace and a name", () => {
    expect(descriptor.buildpack.id).toBe("lapidary/ruby");
  });

  test("declares the SBOM formats that are written, and no others", () => {
    expect(descriptor.buildpack.sbomFormats).toEqual([
      "application/vnd.cyclonedx+json",
      "application/spdx+json",
    ]);
  });

  test("lets the user's environment through", () => {
    expect(descriptor.buildpack.clearEnv).toBe(false);
  });

  test("is a component buildpack", () => {
    expect(descriptor.order).toBeUndefined();
  });
});

describe("buildpack.toml (TOML), Targets", () => {
  // Without targets, tools infer one architecture only; a variant is spelled in two ways, and a
  // distribution without a version matches nothing in some of them.
  test("are both architectures on any distribution, without variants", () => {
    expect(descriptor.targets).toEqual([
      { os: "linux", arch: "amd64", distros: [] },
      { os: "linux", arch: "arm64", distros: [] },
    ]);
  });
});

describe("Deprecations, buildpack.toml (TOML) `stacks` Array", () => {
  test("names any stack, for platforms that read nothing else", () => {
    expect(descriptor.stacks).toEqual([{ id: "*" }]);
  });
});
