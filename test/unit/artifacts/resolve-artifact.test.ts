import { describe, expect, test } from "vitest";
import type { Artifact } from "../../../src/artifacts/artifact.ts";
import {
  newerPatch,
  newestOfBranch,
  resolveArtifact,
} from "../../../src/artifacts/resolve-artifact.ts";
import { failureOf } from "../../support/failure.ts";
import { portableRuby, rubySource } from "../../support/packages/ruby-artifacts.ts";

const noble = { os: "linux", arch: "amd64", distro: { name: "ubuntu", version: "24.04" } };
const bookworm = { os: "linux", arch: "amd64", distro: { name: "debian", version: "12" } };

describe("the artifact to install", () => {
  test("is the prebuilt one for the target's distribution and architecture", () => {
    const inventory = [rubySource("3.4.5"), prebuilt("3.4.5", "arm64"), prebuilt("3.4.5", "amd64")];
    expect(resolve(inventory, "3.4.5", noble)).toBe(inventory[2]);
    expect(resolve(inventory, "3.4.5", { ...noble, arch: "arm64" })).toBe(inventory[1]);
  });

  test("is the source if there is no prebuilt one for the target", () => {
    const inventory = [prebuilt("3.4.5", "amd64"), rubySource("3.4.5")];
    expect(resolve(inventory, "3.4.5", bookworm)).toBe(inventory[1]);
    expect(resolve(inventory, "3.4.5", { os: "linux", arch: "amd64" })).toBe(inventory[1]);
  });

  test("is a prebuilt one without a distribution, on any", () => {
    const inventory = [
      { ...prebuilt("9.4.15.0", "amd64"), name: "jruby", builtFor: { os: "linux" } },
    ];
    expect(resolveArtifact(inventory, request("9.4.15.0", bookworm, "jruby"))).toBe(inventory[0]);
  });

  test("is the operator's rather than the buildpack's, even if it is source", () => {
    const operators = { ...rubySource("3.4.5"), origin: "operator" as const };
    const inventory = [prebuilt("3.4.5", "amd64"), rubySource("3.4.5"), operators];
    expect(resolve(inventory, "3.4.5", noble)).toBe(operators);
  });

  test("is a portable one only if none is for the distribution, and before source", () => {
    const inventory = [
      rubySource("3.4.5"),
      portableRuby("3.4.5", "amd64"),
      prebuilt("3.4.5", "amd64"),
    ];
    const [, second, third] = inventory;
    expect(resolve(inventory, "3.4.5", { ...noble, glibc: "2.39" })).toBe(third);
    expect(resolve(inventory, "3.4.5", { ...bookworm, glibc: "2.39" })).toBe(second);
  });

  test.for([
    ["2.39", "portable"],
    ["2.40", "portable"],
    ["3.0", "portable"],
    ["2.36", "source"],
    ["2.4", "source"],
    [undefined, "source"],
  ] as const)("with glibc %s is: %s, where the portable one needs 2.39", ([glibc, kind]) => {
    const inventory = [rubySource("3.4.5"), portableRuby("3.4.5", "amd64")];
    const target = { ...bookworm, ...(glibc === undefined ? {} : { glibc }) };
    expect(resolve(inventory, "3.4.5", target).kind).toBe(kind);
    expect(resolve(inventory, "3.4.5", { ...target, arch: "arm64" }).kind).toBe("source");
  });

  test("is the operator's source rather than the buildpack's portable one", () => {
    const operators = { ...rubySource("3.4.5"), origin: "operator" as const };
    const inventory = [portableRuby("3.4.5", "amd64"), operators];
    expect(resolve(inventory, "3.4.5", { ...bookworm, glibc: "2.39" })).toBe(operators);
  });

  test("is found by upstream's name of a prerelease too", () => {
    const inventory = [rubySource("3.5.0.preview1")];
    expect(resolve(inventory, "3.5.0-preview1", noble)).toBe(inventory[0]);
  });
});

describe("a version that does not exist", () => {
  const versions = [
    "3.2.9",
    "3.3.8",
    "3.3.9",
    "3.3.12",
    "3.4.1",
    "3.4.10",
    "4.0.6",
    "4.0.0.preview3",
  ];
  const inventory = versions.map(rubySource);

  test.for<[string, string[]]>([
    ["3.3.10", ["4.0.6", "3.4.10", "3.3.12", "3.3.9", "3.3.8"]],
    ["3.3.99", ["4.0.6", "3.4.10", "3.3.12", "3.3.9", "3.3.8"]],
    ["3.4.5", ["4.0.6", "3.4.10", "3.4.1", "3.3.12"]],
    ["2.1.0", ["4.0.6", "3.2.9"]],
    ["4.0.0.preview9", ["4.0.6", "4.0.0.preview3", "3.4.10", "3.3.12"]],
    ["no version", ["4.0.6", "3.4.10"]],
  ])(
    "names the nearest to %s: of its branch, of the next one and of the newest",
    async ([version, nearest]) => {
      const attempt = async () => resolve(inventory, version, bookworm);
      expect(await failureOf(attempt())).toEqual({
        code: "artifact/version-unknown",
        name: "ruby",
        version: version.replaceAll("-", "."),
        source: "Gemfile.lock",
        nearest,
      });
    },
  );

  test("names only versions for the target", async () => {
    const attempt = async () =>
      resolve([prebuilt("3.3.9", "amd64"), rubySource("3.2.9")], "3.3.8", bookworm);
    expect(await failureOf(attempt())).toMatchObject({ nearest: ["3.2.9"] });
  });
});

test("a version that exists only for other targets names them", async () => {
  const inventory = [
    prebuilt("3.4.5", "amd64"),
    prebuilt("3.4.5", "arm64"),
    portableRuby("3.4.5", "amd64"),
  ];
  const attempt = async () => resolve(inventory, "3.4.5", bookworm);
  expect(await failureOf(attempt())).toEqual({
    code: "artifact/none-for-target",
    name: "ruby",
    version: "3.4.5",
    target: "linux/amd64, debian 12",
    offered: [
      "linux/amd64, ubuntu 24.04",
      "linux/arm64, ubuntu 24.04",
      "linux/amd64, glibc 2.39 or newer",
    ],
  });
});

describe("a newer release of the branch", () => {
  const inventory = ["3.4.5", "3.4.9", "3.4.10", "3.5.0.preview1", "4.0.6"].map(rubySource);

  test("is the newest for the target", () => {
    expect(newerPatch(inventory, { name: "ruby", version: "3.4.5", target: noble })).toBe("3.4.10");
  });

  test("is undefined for the newest, and never a prerelease", () => {
    expect(
      newerPatch(inventory, { name: "ruby", version: "3.4.10", target: noble }),
    ).toBeUndefined();
    expect(
      newerPatch(inventory, { name: "ruby", version: "3.5.0", target: noble }),
    ).toBeUndefined();
  });
});

describe("the newest release of a branch", () => {
  const inventory = ["3.4.9", "3.4.10", "3.4.11.rc1", "3.40.1"].map(rubySource);
  const wanted = { name: "ruby", target: bookworm };

  test("is the newest for the target, and not a prerelease", () => {
    const newer = prebuilt("3.4.12", "amd64");
    expect(newestOfBranch([...inventory, newer], { ...wanted, version: "3.4" })).toBe("3.4.10");
  });

  test("is the operator's newest, if the operator has one", () => {
    const operators = { ...rubySource("3.4.9"), origin: "operator" as const };
    expect(newestOfBranch([operators, ...inventory], { ...wanted, version: "3.4" })).toBe("3.4.9");
  });

  test("is undefined for a release, or for a branch without one", () => {
    expect(newestOfBranch(inventory, { ...wanted, version: "3.4.9" })).toBeUndefined();
    expect(newestOfBranch(inventory, { ...wanted, version: "3.5" })).toBeUndefined();
  });
});

function resolve(inventory: Artifact[], version: string, target: Parameters<typeof request>[1]) {
  return resolveArtifact(inventory, request(version, target));
}

function request(
  version: string,
  target: { os: string; arch: string; distro?: typeof noble.distro; glibc?: string },
  name = "ruby",
) {
  return { name, version, source: "Gemfile.lock", target };
}

function prebuilt(version: string, arch: string): Artifact {
  const builtFor = { os: "linux", arch, distroName: "ubuntu", distroVersion: "24.04" };
  return {
    ...rubySource(version),
    kind: "prebuilt",
    sha256: undefined,
    stripComponents: 0,
    builtFor,
  };
}
