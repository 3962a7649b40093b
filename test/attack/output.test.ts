import { chmod } from "node:fs/promises";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { packSlug } from "../../src/classic/compiler/slug-archive.ts";
import { BuildpackError } from "../../src/failure.ts";
import { printFailure } from "../../src/output/print-failure.ts";
import { createPrinter } from "../../src/output/printer.ts";
import { createStyle } from "../../src/output/style.ts";
import { sliceArchive } from "../../src/platform/export/slices.ts";
import { stateDirectoryFor } from "../../src/platform/state/state-directory.ts";
import { runCommand } from "../../src/system/command.ts";
import { systemClock } from "../../src/system/clock.ts";
import { failureOf } from "../support/failure.ts";
import { makeTree } from "../support/tree.ts";

describe("a value with line ends cannot look like lines of the log", () => {
  test.for(["3.4\n! Error: forged", "3.4\r\n  - forged", "3.4\n\n- forged"])(
    "%j",
    async (value) => {
      let log = "";
      const write = (text: string) => void (log += text);
      const style = createStyle(false);
      const printer = createPrinter({ write, style, clock: systemClock, debug: false });
      await printer.section("Ruby", async (section) => {
        section.say(`Version \`${value}\``);
        section.detail(`From \`${value}\``);
        await section.timed(`Unpacking \`${value}\``, async () => await Promise.resolve());
      });
      expect(log.trimEnd().split("\n")).toHaveLength(4);
    },
  );
});

test("a name with line ends and escape codes forges no line of a warning or an error", async () => {
  const name = "x\n- Done\n\u001b[8mhidden\u001b[2J\u001b]0;title\u0007\r\u009b1A";
  let log = "";
  const write = (text: string) => void (log += text);
  const style = createStyle(false);
  const printer = createPrinter({ write, style, clock: systemClock, debug: false });
  const failure = { code: "platform/usage", problem: `no \`${name}\`` } as const;
  printFailure(printer, new BuildpackError(failure));
  await printer.section("Ruby", async (section) => {
    section.warn(`The file \`${name}\` is odd`);
    section.say(`Reading \`${name}\``);
    await Promise.resolve();
  });
  const lines = log.trimEnd().split("\n");
  const title = lines.indexOf("- Ruby");
  expect(lines.slice(0, title).filter((line) => !line.startsWith("!"))).toEqual([]);
  expect(lines.slice(title + 1).filter((line) => !/^ {2}(!|- Reading)/.test(line))).toEqual([]);
  expect(log).toContain("hidden");
  expect(stripVTControlCharacters(log)).toBe(log);
  // oxlint-disable-next-line no-control-regex
  expect(log).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
});

describe("colours", () => {
  const lapidary = resolve(import.meta.dirname, "../../bin/lapidary");
  test.for<[string, Record<string, string>, boolean]>([
    ["are left out where the output is no terminal", {}, false],
    ["are there where FORCE_COLOR asks for them", { FORCE_COLOR: "1" }, true],
    ["are left out for FORCE_COLOR=0", { FORCE_COLOR: "0" }, false],
    [
      "are left out where NO_COLOR is set, whatever FORCE_COLOR is",
      { NO_COLOR: "1", FORCE_COLOR: "1" },
      false,
    ],
  ])("%s", async ([, env, coloured]) => {
    const { stderr, stdout } = await runCommand({
      file: lapidary,
      args: ["build", "nowhere"],
      cwd: await makeTree(),
      env: { PATH: process.env["PATH"] ?? "", HOME: "/nowhere", ...env },
    });
    expect(stderr + stdout).toContain("nowhere");
    expect((stderr + stdout).includes("\u001b[")).toBe(coloured);
  });
});

test("a file with setuid bits keeps none where the archive names root as its owner", async () => {
  const app = await makeTree({ program: "" });
  await chmod(join(app, "program"), 0o6755);
  const modeFor = (uid: number) => {
    const owner = { uid, gid: uid };
    return [...sliceArchive(app, "/workspace", [Buffer.from("program")], owner)][0]?.mode;
  };
  expect([modeFor(0), modeFor(1000)]).toEqual([0o755, 0o6755]);
  const slug = join(await makeTree(), "slug.tgz");
  await packSlug(app, slug);
  const args = ["-tvzf", slug];
  const { lines } = await runCommand({
    file: "tar",
    args,
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
  });
  expect(lines.find((line) => line.endsWith("program"))).toMatch(/^-rwxr-xr-x /);
});

test("a state directory with a colon in its name, at which PATH would be split, is refused", async () => {
  const app = await makeTree();
  const work = stateDirectoryFor(app, "a:b", { env: {}, cwd: app });
  expect(await failureOf(work)).toMatchObject({ code: "platform/usage" });
});
