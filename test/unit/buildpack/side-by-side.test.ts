import { describe, expect, test } from "vitest";
import { sideBySide } from "../../../src/buildpack/side-by-side.ts";
import { type Command, runCommand } from "../../../src/system/command.ts";
import { makeBuildContext } from "../../support/builds/build-context.ts";

const command = { file: "make", args: [], cwd: "/", env: {} };
const done = { exitCode: 0, stdout: "", stderr: "", lines: [] };

describe("two tasks side by side", () => {
  test("both start before either ends, and both results are returned", async () => {
    const begun: string[] = [];
    const results = await sideBySide(makeBuildContext(), () => [
      work("a", begun).then(() => begun.join()),
      work("b", begun).then(() => begun.join()),
    ]);
    expect(results).toEqual(["a,b", "a,b"]);
  });

  test("a failure stops the commands of the other task, and is thrown when that has ended", async () => {
    const story: string[] = [];
    const run = async ({ signal }: Command) => {
      await new Promise<void>((resolve) =>
        signal?.addEventListener("abort", () => setTimeout(resolve, 20)),
      );
      story.push("the command has ended");
      return done;
    };
    const both = sideBySide(makeBuildContext({ run }), (shared) => [
      Promise.reject(new Error("first")),
      shared.run(command).then(() => {
        throw new Error("second");
      }),
    ]);
    await expect(both).rejects.toThrow("first");
    expect(story).toEqual(["the command has ended"]);
  });

  test("a failure also stops what a command of the other task has started", async () => {
    const args = ["-c", "sleep 60 & echo started; exec sleep 60"];
    let fail = (_error: Error) => {};
    const failed = new Promise<never>((_resolve, reject) => (fail = reject));
    const both = sideBySide(makeBuildContext({ run: runCommand }), (shared) => [
      failed,
      shared.run({
        ...{ file: "sh", args, cwd: "/", env: { PATH: "/usr/bin:/bin" } },
        onLine: () => fail(new Error("first")),
      }),
    ]);
    // It only ends when nobody has the output of the command open.
    await expect(both).rejects.toThrow("first");
  });

  test("both stop when the build is stopped", async () => {
    const stop = new AbortController();
    const context = { ...makeBuildContext(), signal: stop.signal };
    const [aborted] = await sideBySide(context, (shared) => {
      stop.abort();
      return [Promise.resolve(shared.signal.aborted), Promise.resolve()];
    });
    expect(aborted).toBe(true);
  });
});

async function work(name: string, begun: string[]): Promise<void> {
  begun.push(name);
  await Promise.resolve();
}
