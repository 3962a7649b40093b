import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { packSlug } from "../../src/classic/compiler/slug-archive.ts";
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

test("a state folder with a colon in its name, at which PATH would be split, is refused", async () => {
  const app = await makeTree();
  const work = stateDirectoryFor(app, "a:b", { env: {}, cwd: app });
  expect(await failureOf(work)).toMatchObject({ code: "platform/usage" });
});
