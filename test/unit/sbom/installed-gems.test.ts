import { expect, test } from "vitest";
import { parseGemfileLock } from "../../../src/ruby/lockfile/gemfile-lock.ts";
import { clonedGems, installedGems } from "../../../src/sbom/installed-gems.ts";
import { makeTree } from "../../support/tree.ts";

const sum = "c".repeat(64);
const lockfile = `GIT
  remote: https://me:secret@git.example.com/team/tool.git
  revision: 0123456789abcdef0123456789abcdef01234567
  specs:
    tool (0.3.0)

GIT
  remote: https://git.example.com/team/left-out.git
  revision: fedcba9876543210fedcba9876543210fedcba98
  specs:
    left-out (1.0)

GEM
  remote: https://gems.example.com/
  specs:
    rack (3.2.8)
    racc (1.8.1)

PLATFORMS
  ruby

DEPENDENCIES
  rack

CHECKSUMS
  rack (3.2.8) sha256=${sum}
`;

function locked() {
  const parsed = parseGemfileLock(lockfile);
  if (parsed.kind !== "lockfile") throw new Error(parsed.problem);
  return parsed.lockfile;
}

const gemspec = (name: string, version: string, more = "") =>
  `Gem::Specification.new do |s|\n  s.name = "${name}"\n  s.version = "${version}"\n${more}end\n`;

test("lists the gems that are installed, with what the lockfile vouches for", async () => {
  const directory = await makeTree({
    "specifications/rack-3.2.8.gemspec": gemspec(
      "rack",
      "3.2.8",
      '  s.homepage = "https://rack.example.com"\n  s.licenses = ["MIT"]\n',
    ),
    "specifications/racc-1.8.1-java.gemspec": gemspec(
      "racc",
      "1.8.1",
      '  s.platform = "java"\n  s.homepage = "javascript:alert(1)"\n',
    ),
    "specifications/default/json-2.7.2.gemspec": gemspec("json", "2.7.2"),
    "specifications/odd.gemspec": "raise",
    "gems/other/other.gemspec": gemspec("other", "1"),
  });
  const gems = await installedGems(directory, locked());
  expect(gems.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: "json", version: "2.7.2", purl: "pkg:gem/json@2.7.2", licenses: [] },
    { name: "racc", version: "1.8.1", purl: "pkg:gem/racc@1.8.1?platform=java", licenses: [] },
    {
      name: "rack",
      version: "3.2.8",
      purl: "pkg:gem/rack@3.2.8",
      licenses: ["MIT"],
      sha256: sum,
      homepage: "https://rack.example.com",
    },
  ]);
});

test("lists the gems that Bundler has cloned, by their revision, without credentials", async () => {
  const directory = await makeTree({ "bundler/gems/tool-0123456789ab/tool.gemspec": "" });
  const gems = await clonedGems(directory, locked());
  expect(gems).toHaveLength(1);
  expect(gems[0]).toMatchObject({ name: "tool", version: "0.3.0" });
  const url = decodeURIComponent(gems[0]?.purl ?? "");
  expect(url).toBe(
    "pkg:gem/tool@0.3.0?vcs_url=git+https://git.example.com/team/tool.git@0123456789abcdef0123456789abcdef01234567",
  );
});
