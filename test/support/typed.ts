import { type Commands, runProgram } from "../../src/cli/program.ts";

/** A command as it was understood, with its arguments and options. */
export interface Typed {
  command: keyof Commands;
  args: unknown[];
}

/** Which command a command line calls and with what, without running it. */
export async function typed(line: string): Promise<Typed | undefined> {
  let call: Typed | undefined;
  const record =
    (command: keyof Commands) =>
    async (...args: unknown[]) => {
      call = { command, args };
      return 0;
    };
  const commands: Commands = {
    build: record("build"),
    run: record("run"),
    doctor: record("doctor"),
    rebase: record("rebase"),
    inspect: record("inspect"),
    slug: record("slug"),
    slugRun: record("slugRun"),
    artifact: record("artifact"),
    package: record("package"),
  };
  await runProgram(wordsOf(line), commands, { version: "1.2.3", write: () => {} });
  return call;
}

/** What a command line prints when no command runs: help or the version. */
export async function printedBy(line: string): Promise<string> {
  let text = "";
  const fail = async () => Promise.reject(new Error("a command ran"));
  const commands: Commands = {
    build: fail,
    run: fail,
    doctor: fail,
    rebase: fail,
    inspect: fail,
    slug: fail,
    slugRun: fail,
    artifact: fail,
    package: fail,
  };
  await runProgram(wordsOf(line), commands, {
    version: "1.2.3",
    write: (printed) => void (text += printed),
  });
  return text;
}

function wordsOf(line: string): string[] {
  return line.split(" ").filter((word) => word !== "");
}
