import { expect, test } from "vitest";
import type { Artifact } from "../../../../src/artifacts/artifact.ts";
import { sayPortability } from "../../../../src/buildpack/interpreter/say-portability.ts";
import { portableRuby, rubySource } from "../../../support/packages/ruby-artifacts.ts";
import { recordSection } from "../../../support/section.ts";

const source: Artifact = { ...rubySource("3.4.5"), origin: "operator" };
const portable = (own: Partial<Artifact>, arch = "amd64"): Artifact => ({
  ...portableRuby("3.4.5", arch),
  origin: "operator",
  ...own,
});
const target = { os: "linux", arch: "amd64", distro: { name: "fedora", version: "41" } };

test.for<[why: string, inventory: Artifact[], glibc: string]>([
  ["there is none", [source], "2.36"],
  ["there is none for the architecture", [source, portable({}, "arm64")], "2.36"],
  ["there is none of the version", [source, portable({ version: "3.4.6" })], "2.36"],
  ["the operator prefers the source", [source, portable({})], "2.40"],
])("a compiled Ruby has no line about a portable one if %s", ([, inventory, glibc]) => {
  const section = recordSection();
  sayPortability(source, inventory, { ...target, glibc }, section);
  expect(section.lines).toEqual([]);
});

test("a compiled Ruby has one if only the C library is too old for it", () => {
  const section = recordSection();
  sayPortability(source, [source, portable({})], { ...target, glibc: "2.36" }, section);
  expect(section.lines).toEqual([
    "The portable Ruby 3.4.5 needs glibc 2.39; this build image has glibc 2.36",
  ]);
});

test("a Ruby for the distribution has none", () => {
  const section = recordSection();
  const prebuilt: Artifact = { ...source, kind: "prebuilt" };
  sayPortability(prebuilt, [prebuilt, portable({})], { ...target, glibc: "2.36" }, section);
  expect(section.lines).toEqual([]);
});
