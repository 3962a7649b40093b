import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reportedVersion, verifyRuby } from "../../../src/artifacts/verify-ruby.ts";
import { runCommand } from "../../../src/system/command.ts";
import { failureOf } from "../../support/failure.ts";
import { makeTree } from "../../support/tree.ts";

describe("an installed Ruby", () => {
  test("is accepted if it reports the requested version", async () => {
    const directory = await makeInterpreter(
      "echo -n 'ruby 3.4.5 (2025-07-16 revision 20cda200d3)'",
    );
    await expect(verify(directory, "3.4.5")).resolves.toBe("3.4.5");
  });

  test("is rejected if it reports another", async () => {
    const said = "ruby 3.4.4 (2025-05-14 revision a38531fd3f) +PRISM [x86_64-linux]";
    const directory = await makeInterpreter(`echo '${said}'`);
    expect(await failureOf(verify(directory, "3.4.5"))).toEqual({
      code: "artifact/wrong-version",
      name: "ruby",
      wanted: "3.4.5",
      reported: said,
      path: join(directory, "bin/ruby"),
    });
  });

  test("is rejected with its output if it does not start", async () => {
    const said = "error while loading shared libraries: libruby.so.3.4: cannot open";
    const directory = await makeInterpreter(`echo '${said}' >&2; exit 127`);
    expect(await failureOf(verify(directory, "3.4.5"))).toMatchObject({ reported: said });
  });

  test("is rejected if it does not exist", async () => {
    const failure = await failureOf(verify(await makeTree(), "3.4.5"));
    expect(failure).toMatchObject({ reported: "nothing, with exit code 127" });
  });

  test("runs without the user's RUBYOPT", async () => {
    const directory = await makeInterpreter('echo "ruby 3.4.5$RUBYOPT"');
    await expect(verify(directory, "3.4.5", { RUBYOPT: "9" })).resolves.toBe("3.4.5");
  });

  describe("that is JRuby", () => {
    const wanted = { engine: "jruby", version: "3.1.4", engineVersion: "9.4.15.0" };

    test("is recognized by its engine's version, and reports the version of the language", async () => {
      const directory = await makeInterpreter("echo 'jruby 9.4.15.0 (3.1.7) 2026-01-01 abcdef'");
      const context = { run: runCommand, env: {} };
      await expect(verifyRuby(directory, wanted, context)).resolves.toBe("3.1.7");
    });

    test("gets JAVA_HOME", async () => {
      const directory = await makeInterpreter('echo "jruby $JAVA_HOME.0 (3.1.7)"');
      const context = { run: runCommand, env: { JAVA_HOME: "9.4.15" } };
      await expect(verifyRuby(directory, wanted, context)).resolves.toBe("3.1.7");
    });
  });
});

test.for([
  ["ruby 3.4.5 (2025-07-16 revision 20cda200d3) +PRISM [x86_64-linux]", "3.4.5"],
  ["ruby 2.6.10p210 (2022-04-12 revision 67958) [x86_64-linux]", "2.6.10"],
  ["ruby 3.5.0preview1 (2025-04-18 master d06ec25be4) +PRISM [x86_64-linux]", "3.5.0.preview1"],
  ["ruby 3.4.0rc1 (2024-12-12 master 29caae9991) +PRISM [x86_64-linux]", "3.4.0.rc1"],
  ["ruby 3.5.0dev (2025-04-18T00:00:00Z master d06ec25be4) [x86_64-linux]", "3.5.0.dev"],
])("reads %s", ([description = "", version]) => {
  expect(reportedVersion(description)).toBe(version);
});

async function makeInterpreter(script: string): Promise<string> {
  const directory = await makeTree({ "bin/ruby": `#!/bin/sh\n${script}\n` });
  await chmod(join(directory, "bin/ruby"), 0o755);
  return directory;
}

async function verify(directory: string, version: string, env: Record<string, string> = {}) {
  const context = { run: runCommand, env: { PATH: "/usr/bin:/bin", ...env } };
  return await verifyRuby(directory, { engine: "ruby", version }, context);
}
