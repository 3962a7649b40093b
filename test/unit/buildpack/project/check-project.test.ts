import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkProject, gemPlatformOf } from "../../../../src/buildpack/project/check-project.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeProject } from "../../../support/builds/project.ts";
import { makeTree } from "../../../support/tree.ts";

const amd64 = { os: "linux", arch: "amd64" };
const arm64 = { os: "linux", arch: "arm64" };
const mri = undefined;
const java17 = { version: "17.0.15", release: 17 };

describe("the platforms of a lockfile", () => {
  test.each([
    [["ruby"]],
    [["x86_64-linux"]],
    [["arm64-darwin-24", "x86_64-linux"]],
    [["x86_64-linux-gnu"]],
    [["arm64-darwin-24", "ruby"]],
    [[]],
  ])("%j are enough for an amd64 Linux", async (platforms) => {
    await expect(checkProject(locked(platforms), amd64, mri)).resolves.toBeUndefined();
  });

  test.each([
    [["arm64-darwin-24"]],
    [["x86_64-linux-musl"]],
    [["aarch64-linux"]],
    [["java"]],
    [["x64-mingw-ucrt", "x86_64-darwin-23"]],
  ])("%j are not enough, and the failure says what to add", async (present) => {
    expect(await failureOf(checkProject(locked(present), amd64, mri))).toEqual({
      code: "app/platform-missing",
      lockfile: "Gemfile.lock",
      wanted: "x86_64-linux",
      present,
    });
  });

  test.each([
    ["4.0.3", ["x86_64-linux-musl"], true],
    ["4.0.3", ["x86_64-darwin"], false],
    ["4.0.3", ["aarch64-linux-musl"], false],
    ["2.7.2", ["x86_64-linux-musl"], false],
  ] as const)("Bundler %s accepts %j on an amd64 Linux: %s", async (bundler, platforms, enough) => {
    const project = locked([...platforms]);
    const check = checkProject(
      { ...project, locked: { ...project.locked, bundledWith: bundler } },
      amd64,
      mri,
    );
    if (enough) await expect(check).resolves.toBeUndefined();
    else expect(await failureOf(check)).toMatchObject({ code: "app/platform-missing" });
  });

  test("that are enough for amd64 are not enough for arm64", async () => {
    const failure = failureOf(checkProject(locked(["x86_64-linux"]), arm64, mri));
    expect(await failure).toMatchObject({ wanted: "aarch64-linux" });
    await expect(checkProject(locked(["aarch64-linux"]), arm64, mri)).resolves.toBeUndefined();
  });

  test.each([
    [["java"]],
    [["universal-java"]],
    [["universal-java-17"]],
    [["universal-java-21", "universal-java-17"]],
    [["ruby"]],
  ])("%j are enough for JRuby on Java 17, on any machine", async (platforms) => {
    await expect(checkProject(locked(platforms), amd64, java17)).resolves.toBeUndefined();
    await expect(checkProject(locked(platforms), arm64, java17)).resolves.toBeUndefined();
  });

  test.each([[["x86_64-linux"]], [["universal-java-21"]]])(
    "%j are not enough for JRuby on Java 17",
    async (present) => {
      const failure = failureOf(checkProject(locked(present), amd64, java17));
      expect(await failure).toMatchObject({ wanted: "universal-java-17", present });
    },
  );

  test("for JRuby on Java 8 use its version 1.8", async () => {
    const java8 = { version: "1.8.0_412", release: 8 };
    const project = locked(["universal-java-1.8"]);
    await expect(checkProject(project, amd64, java8)).resolves.toBeUndefined();
  });
});

describe("scripts in the app's bin", () => {
  const elsewhere = "#!/Users/me/.rbenv/versions/3.3.8/bin/ruby\n";

  test("may run the first Ruby on PATH", async () => {
    const dir = await makeTree({ "bin/bundle": "#!/usr/bin/env ruby\n" });
    await expect(checkProject(locked(["ruby"], dir), amd64, mri)).resolves.toBeUndefined();
  });

  test.each([
    ["bin/bundle", "bundle binstubs bundler --force"],
    ["bin/rails", "rails app:update:bin"],
    ["bin/rake", "bundle binstubs rake --force"],
  ])("may not name the Ruby of another machine: %s", async (path, fix) => {
    const dir = await makeTree({ [path]: elsewhere });
    expect(await failureOf(checkProject(locked(["ruby"], dir), amd64, mri))).toEqual({
      code: "app/binstub-misleading",
      path,
      fix,
      problem:
        "Its first line is `#!/Users/me/.rbenv/versions/3.3.8/bin/ruby`, which is the path of Ruby on another machine. It must be `#!/usr/bin/env ruby`.",
    });
  });

  test("must be executable: the web process starts bin/rails", async () => {
    const dir = await makeTree({ "bin/rails": "#!/usr/bin/env ruby\n", "bin/rake": "" });
    const failure = failureOf(checkProject(locked(["ruby"], dir), amd64, mri));
    expect(await failure).toMatchObject({
      code: "app/binstub-misleading",
      path: "bin/rails",
      fix: expect.stringContaining("git update-index --chmod=+x bin/rails") as string,
    });
    await chmod(join(dir, "bin/rails"), 0o755);
    await expect(checkProject(locked(["ruby"], dir), amd64, mri)).resolves.toBeUndefined();
  });

  test("may not have a Windows line ending in their first line", async () => {
    const dir = await makeTree({ "bin/rails": "#!/usr/bin/env ruby\r\n" });
    const failure = await failureOf(checkProject(locked(["ruby"], dir), amd64, mri));
    expect(failure).toMatchObject({
      code: "app/binstub-misleading",
      path: "bin/rails",
      problem: expect.stringContaining("Windows line ending") as string,
    });
  });
});

test.each([
  ["amd64", "x86_64-linux"],
  ["arm64", "aarch64-linux"],
  ["s390x", "s390x-linux"],
])("the gem platform of %s is %s", (arch, platform) => {
  expect(gemPlatformOf({ os: "linux", arch })).toBe(platform);
});

function locked(platforms: string[], dir = "/nowhere") {
  const lines = platforms.map((platform) => `  ${platform}\n`).join("");
  return makeProject(`GEM\n  specs:\n\nPLATFORMS\n${lines}\nDEPENDENCIES\n`, { dir });
}
