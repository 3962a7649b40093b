import { expect, test } from "vitest";
import { writeInventory } from "../../../../scripts/mirror/inventory.ts";
import { parseToml } from "../../../../src/toml.ts";

const target = { os: "linux", arch: "amd64", distro: { name: "debian", version: "12" } };
const source = { path: "/cache/x/ruby-3.3.8.tar.gz", sha256: "a".repeat(64) };

function prebuilt(libraries: string[]) {
  return { path: "/cache/y/archive.tgz", sha256: "b".repeat(64), libraries };
}

test("offers the compiled archive before the source, by names of files beside the inventory", () => {
  const release = { name: "ruby", version: "3.3.8", source, prebuilt: prebuilt(["libfoo.so.1"]) };
  expect(parseToml(writeInventory([release], target))).toEqual({
    artifacts: [
      {
        name: "ruby",
        version: "3.3.8",
        kind: "prebuilt",
        url: "ruby-3.3.8-debian-12-amd64.tgz",
        sha256: "b".repeat(64),
        os: "linux",
        arch: "amd64",
        "distro-name": "debian",
        "distro-version": "12",
      },
      {
        name: "ruby",
        version: "3.3.8",
        kind: "source",
        url: "ruby-3.3.8.tar.gz",
        sha256: "a".repeat(64),
        "strip-components": 1,
      },
    ],
  });
});

test("offers what a project publishes for every system to all of them", () => {
  const published = { path: "/cache/z/jruby-dist-9.4.15.0-bin.tar.gz", sha256: "c".repeat(64) };
  const release = { name: "jruby", version: "9.4.15.0", published };
  expect(parseToml(writeInventory([release], target))).toEqual({
    artifacts: [
      {
        name: "jruby",
        version: "9.4.15.0",
        kind: "prebuilt",
        url: "jruby-dist-9.4.15.0-bin.tar.gz",
        sha256: "c".repeat(64),
        "strip-components": 1,
      },
    ],
  });
});

test("offers what was compiled on Debian 12 for 13 too where 13 has every library", () => {
  const served = (libraries: string[]) => {
    const release = { name: "ruby", version: "3.3.8", prebuilt: prebuilt(libraries) };
    const { artifacts } = parseToml(writeInventory([release], target)) as {
      artifacts: Record<string, string>[];
    };
    return artifacts.map((each) => each["distro-version"]);
  };
  expect(served(["libssl.so.3", "libyaml-0.so.2"])).toEqual(["12", "13"]);
  expect(served(["libssl.so.3", "libdb-5.3.so"])).toEqual(["12"]);
});
