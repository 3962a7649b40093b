import { execa } from "execa";
import { join } from "node:path";
import { chmod } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { chooseProcesses } from "../../../../src/buildpack/processes/choose-processes.ts";
import { prepareDatabase } from "../../../../src/buildpack/processes/prepare-database.ts";
import type { Project } from "../../../../src/buildpack/project/read-project.ts";
import { makeProject } from "../../../support/builds/project.ts";
import { recordSection } from "../../../support/section.ts";
import { makeTree } from "../../../support/tree.ts";

const rails = ["railties (8.1.4)", "activerecord (8.1.4)", "puma (8.0.2)"];
const procfile = (text: string) => ({ procfile: { state: "text", text } as const });

describe("with BP_RAILS_DB_PREPARE, the process `web`", () => {
  test.for([
    ["by default", {}, "server --port 3000 --environment production --binding"],
    ["of a Procfile", procfile("web: bin/rails s -p 1\n"), "s -p 1"],
    ["of a Procfile with arguments", procfile('web: bin/rails s "$@"\n'), "s"],
  ] as const)("%s prepares the database, then starts", async ([, story, line]) => {
    const calls = await start(story, []);
    expect(calls[0]).toBe("db:prepare");
    expect(calls[1]).toContain(line);
    expect(calls).toHaveLength(2);
  });

  test("does not start if that fails", async () => {
    expect(await start({}, [], "exit 1")).toEqual(["db:prepare"]);
  });

  test.for([{}, procfile("web: bin/rails s\n")])(
    "runs another command at once, with %j",
    async (story) => {
      expect(await start(story, ["bin/rails", "console"])).toEqual(["console"]);
    },
  );

  test("is as before in an app without Active Record, and the log says so", async () => {
    const { section, before, after } = await prepared({}, ["railties (8.1.4)", "puma (8.0.2)"]);
    expect(after).toEqual(before);
    expect(section.lines.join("\n")).toContain("has no effect: the app does not have activerecord");
  });
});

test("with BP_RAILS_DB_PREPARE, other processes are as before", async () => {
  const { before, after } = await prepared(procfile("web: a\nworker: b\nrelease: c\n"));
  expect(after.filter(({ type }) => type !== "web")).toEqual(
    before.filter(({ type }) => type !== "web"),
  );
});

async function prepared(story: Partial<Project>, gems: readonly string[] = rails) {
  const specs = gems.map((gem) => `    ${gem}\n`).join("");
  const project = makeProject(`GEM\n  specs:\n${specs}`, { binRails: true, ...story });
  const section = recordSection();
  const before = await chooseProcesses(project, "production", section, async () => new Set());
  return { section, before, after: prepareDatabase(before, project, section) };
}

/** Starts `web` with a `bin/rails` that records its calls. */
async function start(story: Partial<Project>, args: readonly string[], prepare = "exit 0") {
  const { after } = await prepared(story);
  const script = `#!/bin/sh\necho "$*"\n[ "$1" = db:prepare ] && ${prepare}\nexit 0\n`;
  const cwd = await makeTree({ "bin/rails": script });
  await chmod(join(cwd, "bin/rails"), 0o755);
  const [file = "", ...rest] = after.find(({ type }) => type === "web")?.command ?? [];
  const env = { RAILS_ENV: "production" };
  const { stdout } = await execa(file, [...rest, ...args], { cwd, env, reject: false });
  return stdout.split("\n");
}
