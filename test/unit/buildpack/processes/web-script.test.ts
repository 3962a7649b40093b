import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chooseProcesses } from "../../../../src/buildpack/processes/choose-processes.ts";
import type { Project } from "../../../../src/buildpack/project/read-project.ts";
import { makeProject } from "../../../support/builds/project.ts";
import { recordSection } from "../../../support/section.ts";
import { makeTree } from "../../../support/tree.ts";

// Runs the real commands in the shells that they name. The app's own script prints what it gets.
const server = '#!/bin/sh\necho "server $* PIDFILE=$PIDFILE"\n';
const other = '#!/bin/sh\necho "other $*"\n';

describe("the default web process of Rails", () => {
  test("starts the server, and appends options", async () => {
    const app = await makeApp();
    expect(await run(app, [])).toMatch(
      /^server server --port 3000 --environment production --binding \S+ /,
    );
    expect(await run(app, ["--log-to-stdout", "x"])).toMatch(/ --log-to-stdout x PIDFILE=$/);
  });

  test("runs a command in place of the server", async () => {
    const app = await makeApp();
    expect(await run(app, ["bin/other", "a b", "*", "--port", "1"])).toBe("other a b * --port 1");
  });

  test("writes the process id where the server can: in tmp/pids, else in /tmp", async () => {
    const app = await makeApp();
    expect(await run(app, [])).toMatch(/ PIDFILE=$/);
    chmodSync(join(app, "tmp/pids"), 0o555);
    expect(await run(app, [])).toMatch(/ PIDFILE=\/tmp\/server.pid$/);
    expect(await run(app, [], { PIDFILE: "/run/mine" })).toMatch(/ PIDFILE=\/run\/mine$/);
    expect(await run(await makeApp({}), [])).toMatch(/ PIDFILE=\/tmp\/server.pid$/);
  });
});

describe("a Procfile's web process", () => {
  test.each(["bin/rails here", "true && bin/rails here", "bin/rails here | cat"])(
    "runs a command in place of `%s`",
    async (line) => {
      const app = await makeApp();
      const procfile = { state: "text", text: `web: ${line}\nworker: bin/rails worker\n` } as const;
      expect(await run(app, [], {}, { procfile })).toMatch(/^server here/);
      expect(await run(app, ["bin/other", "a b"], {}, { procfile })).toBe("other a b");
    },
  );

  test("appends options, and another process type appends everything", async () => {
    const app = await makeApp();
    const procfile = { state: "text", text: "web: bin/rails w\nworker: bin/rails j\n" } as const;
    expect(await run(app, ["-p", "1"], {}, { procfile })).toMatch(/^server w -p 1 /);
    expect(await run(app, ["bin/other"], {}, { procfile }, "worker")).toMatch(
      /^server j bin\/other /,
    );
  });
});

async function makeApp(extra: Record<string, string> = { "tmp/pids/": "" }): Promise<string> {
  const app = await makeTree({ "bin/": "", ...extra });
  for (const [name, text] of Object.entries({ "bin/rails": server, "bin/other": other })) {
    writeFileSync(join(app, name), text);
    chmodSync(join(app, name), 0o755);
  }
  chmodSync(app, 0o777);
  if (extra["tmp/pids/"] !== undefined) chmodSync(join(app, "tmp/pids"), 0o777);
  return app;
}

async function run(
  app: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  rest: Partial<Project> = {},
  type = "web",
): Promise<string> {
  const gems = "GEM\n  specs:\n    puma (8.0.2)\n    railties (8.1.4)\n";
  const project = makeProject(gems, { binRails: true, ...rest });
  const processes = await chooseProcesses(project, "production", recordSection(), async () =>
    Promise.resolve(new Set()),
  );
  const [file = "", ...words] = processes.find((found) => found.type === type)?.command ?? [];
  const { stdout, stderr } = spawnSync(file, [...words, ...args], {
    cwd: app,
    env: { PATH: "/usr/bin:/bin", RAILS_ENV: "production", ...env },
    encoding: "utf8",
    ...asAnybody,
  });
  expect(stderr).toBe("");
  return stdout.trimEnd();
}

// Root may write to directories that are read-only for everybody.
const asAnybody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
