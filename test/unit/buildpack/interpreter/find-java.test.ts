import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findJava } from "../../../../src/buildpack/interpreter/find-java.ts";
import { runCommand } from "../../../../src/system/command.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

describe("the Java of a build", () => {
  test("is required only for JRuby", async () => {
    const ruby = { engine: "ruby", version: "3.3.8" };
    const request = { ruby, source: "Gemfile.lock", disagreeing: [] };
    expect(await findJava(makeBuildContext(), request)).toBeUndefined();
  });

  test("is that of JAVA_HOME rather than that on PATH", async () => {
    const home = await makeJava('openjdk version "17.0.15" 2025-04-15');
    const other = await makeJava('openjdk version "21.0.7" 2025-04-15 LTS');
    const { java, log } = await find({ JAVA_HOME: home, PATH: `${other}/bin:/usr/bin:/bin` });
    const path = join(home, "bin/java");
    expect(java).toEqual({ version: "17.0.15", release: 17, path });
    expect(log).toBe(`- Java\n  - \`17.0.15\` at \`${path}\`\n`);
  });

  test("is the first on PATH if JAVA_HOME is not set", async () => {
    const first = await makeJava('openjdk version "21.0.7" 2025-04-15 LTS');
    const empty = await makeTree();
    const { java } = await find({ PATH: `${empty}:${first}/bin:/usr/bin:/bin` });
    expect(java).toMatchObject({ release: 21, path: join(first, "bin/java") });
  });

  test("is that of JAVACMD in any case", async () => {
    const command = join(await makeJava('openjdk version "25.0.1" 2025-10-21'), "bin/java");
    const { java } = await find({ JAVACMD: command, JAVA_HOME: "/nowhere", PATH: "/usr/bin:/bin" });
    expect(java).toMatchObject({ release: 25, path: command });
  });

  test("fails the build if there is none, and says where it was searched", async () => {
    expect(await failureOf(find({ PATH: await makeTree() }))).toEqual({
      code: "java/missing",
      ruby: "jruby 9.4.15.0",
      source: "Gemfile.lock",
      problem: "JAVA_HOME is not set, and there is no `java` on PATH.",
    });
  });

  test("fails the build if JAVA_HOME does not exist, whatever is on PATH", async () => {
    const other = await makeJava('openjdk version "21.0.7" 2025-04-15 LTS');
    const env = { JAVA_HOME: "/nowhere", PATH: `${other}/bin:/usr/bin:/bin` };
    expect(await failureOf(find(env))).toMatchObject({
      code: "java/missing",
      problem:
        "`/nowhere/bin/java` (from JAVA_HOME) does not run. Its output: nothing, with exit code 127",
    });
  });

  test("fails the build if it does not run, with its output", async () => {
    const home = await makeJava("Error: could not find libjava.so", 2);
    expect(await failureOf(find({ JAVA_HOME: home, PATH: "/usr/bin:/bin" }))).toMatchObject({
      code: "java/missing",
      problem: expect.stringContaining("libjava.so") as string,
    });
  });

  test("fails the build if JRuby needs a newer one", async () => {
    const home = await makeJava('openjdk version "17.0.15" 2025-04-15');
    const env = { JAVA_HOME: home, PATH: "/usr/bin:/bin" };
    expect(await failureOf(find(env, "10.0.6.0"))).toEqual({
      code: "java/too-old",
      ruby: "jruby 10.0.6.0",
      source: "Gemfile.lock",
      needed: 21,
      version: "17.0.15",
      path: join(home, "bin/java"),
    });
  });

  test("may have any version for an unknown JRuby", async () => {
    const home = await makeJava('openjdk version "1.8.0_412"');
    const { java } = await find({ JAVA_HOME: home, PATH: "/usr/bin:/bin" }, "12.0.0.0");
    expect(java).toMatchObject({ release: 8 });
  });
});

/** A directory whose `bin/java` says this on standard error, as Java does. */
async function makeJava(says: string, exitCode = 0): Promise<string> {
  const script = `#!/bin/sh\necho '${says}' >&2\nexit ${exitCode}\n`;
  const directory = await makeTree({ "bin/java": script });
  await chmod(join(directory, "bin/java"), 0o755);
  return directory;
}

async function find(env: Record<string, string>, engineVersion = "9.4.15.0") {
  const ruby = { engine: "jruby", version: "3.1.7", engineVersion };
  const context = makeBuildContext({ input: { appDir: "/" }, env, run: runCommand });
  const java = await findJava(context, { ruby, source: "Gemfile.lock", disagreeing: [] });
  return { java, log: context.log() };
}
