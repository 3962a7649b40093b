import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { packSlug } from "../../src/classic/compiler/slug-archive.ts";
import { type CommandResult, runCommand } from "../../src/system/command.ts";
import { skipWithoutNamespaces } from "../support/sandbox.ts";
import { addToTree, makeTree } from "../support/tree.ts";

const command = resolve(import.meta.dirname, "../../bin/lapidary");

/** Packs a slug of these files, and runs it as a user types it. */
async function runSlug(
  files: Record<string, string>,
  args: readonly string[] = [],
  after: readonly string[] = [],
): Promise<CommandResult> {
  const root = await makeTree({ "app/": "" });
  await addToTree(join(root, "app"), files);
  const slug = join(root, "slug.tgz");
  await packSlug(join(root, "app"), slug);
  return await runCommand({
    file: command,
    args: ["slug", "run", ...args, slug, ...after],
    cwd: "/",
    env: { PATH: process.env["PATH"] ?? "", NO_COLOR: "1", SECRET_OF_OURS: "x" },
  });
}

const release =
  '---\naddons: []\ndefault_process_types:\n  web: "echo default web"\n  rake: "printf \'<%s>\' rake"\n';

describe("Which process a dyno runs", () => {
  test("web of bin/release, with a port, unless the Procfile names another", async () => {
    const files = { ".release": release };
    expect(await runSlug(files)).toMatchObject({
      exitCode: 0,
      stdout: "default web",
      stderr: "The web process gets PORT 3000: http://localhost:3000",
    });
    const Procfile = '# processes\nweb: [[ -n $PORT ]] && echo "own web at $PORT as $DYNO"\n';
    const own = await runSlug({ ...files, Procfile }, ["--env", "PORT=4000"]);
    expect(own.stdout).toBe("own web at 4000 as web.1");
  });

  test("the type that is asked for, to which words append", async () => {
    const run = await runSlug({ ".release": release }, ["--process", "rake"], ["--", "a b", "$X"]);
    expect(run.stdout).toBe("<rake><a b><$X>");
  });

  test("a command, word for word, with its exit code", async () => {
    const words = ["--", "sh", "-c", 'echo "$DYNO ${PORT-none} $1"; exit 7', "sh", "it's $HOME"];
    const run = await runSlug({}, [], words);
    expect(run).toMatchObject({ exitCode: 7, stdout: "run.1 none it's $HOME" });
  });

  test("a type that the slug does not have is refused, and those it has are named", async () => {
    const run = await runSlug({ ".release": release }, ["--process", "clock"]);
    expect(run.exitCode).toBe(82);
    expect(run.stderr).toContain("It has `rake`, `web`.");
  });
});

describe("Where and with what", () => {
  test("at /app, which is its HOME, after .profile.d by alphabet and .profile", async (context) => {
    skipWithoutNamespaces(context);
    const files = {
      ".profile.d/b.sh": 'export ORDER="$ORDER b"\n',
      ".profile.d/a.sh": 'export ORDER="a"\n',
      ".profile.d/not-sourced": "exit 1\n",
      ".profile": 'export ORDER="$ORDER profile"\n',
    };
    const script = 'echo "$PWD $HOME $ORDER"; touch written; env';
    const run = await runSlug(files, ["--env", "KEY=value"], ["--", "sh", "-c", script]);
    expect(run.lines[0]).toBe("/app /app a b profile");
    expect(run.lines).toContain("KEY=value");
    expect(run.stdout).not.toContain("SECRET_OF_OURS");
  });

  test("what is no slug is refused in a sentence", async () => {
    const root = await makeTree({ "slug.tgz": "no archive" });
    const at = async (name: string) =>
      await runCommand({
        file: command,
        args: ["slug", "run", join(root, name)],
        cwd: "/",
        env: { PATH: process.env["PATH"] ?? "", NO_COLOR: "1" },
      });
    expect((await at("none.tgz")).stderr).toContain("there is no such file");
    expect((await at("slug.tgz")).stderr).toContain("(classic/slug-unusable)");
  });
});
