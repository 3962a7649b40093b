import { describe, expect, test } from "vitest";
import { sideBySide } from "../../../src/buildpack/side-by-side.ts";
import type { Command } from "../../../src/system/command.ts";
import { makeBuildContext } from "../../support/build-context.ts";

const command = { file: "make", args: [], cwd: "/", env: {} };
const done = { exitCode: 0, stdout: "", stderr: "", lines: [] };

describe("two works side by side", () => {
  test("are both begun before either ends, and give both results", async () => {
    const begun: string[] = [];
    const results = await sideBySide(makeBuildContext(), () => [
      work("a", begun).then(() => begun.join()),
      work("b", begun).then(() => begun.join()),
    ]);
    expect(results).toEqual(["a,b", "a,b"]);
  });

  test("end together: a failure stops the commands of the other, and is thrown when that has ended", async () => {
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

  test("stop where the build is told to", async () => {
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
