import type { Messages } from "./message.ts";

/** Problems of the machine. */
export const systemMessages: Messages<"system"> = {
  "system/disk-full": ({ path }) => ({
    headline: `The disk is full`,
    happened: [`No space was left while writing \`${path}\`.`],
    next: [`df -h ${path}   # then free some space, or build on a larger disk`],
    blame: "platform",
  }),
  "system/environment-too-large": ({ name, bytes }) => ({
    headline: "The environment variables are too large for this machine",
    happened: [
      "Linux starts no program with a variable of more than 128 KiB, or with a quarter of the stack size in all.",
      `The largest variable is \`${name}\`, with ${bytes} bytes.`,
    ],
    next: [`Give the content of \`${name}\` as a file, for example by a binding.`],
    blame: "configuration",
  }),
  "system/file-unusable": ({ path, problem }) => ({
    headline: `\`${path}\` cannot be used: ${problem}`,
    happened: ["The build needs this file, directory or program of the machine."],
    next:
      problem === "too many open files"
        ? ["ulimit -n 4096   # the number of files that a process may have open; then build again"]
        : [`ls -ld ${path}   # shows what it is, and whose`],
    blame: "platform",
  }),
  "system/link-not-followed": ({ path }) => ({
    headline: `\`${path}\` is a symbolic link, where a file or a directory must be`,
    happened: [
      "It belongs to an app or to what a build left. Such links are not followed, because they may lead to any file of this machine.",
    ],
    next: [
      `ls -l ${path}   # shows where it leads, unless it was removed with the rest of a failed build`,
      "If it is in the app's directory, replace it by what it leads to.",
      "Otherwise report it to the authors of the buildpack that left it, with this message.",
    ],
    blame: "platform",
  }),
  "system/not-writable": ({ path }) => ({
    headline: `\`${path}\` cannot be written`,
    happened: [`The build's user has no permission to write there.`],
    next: [
      `ls -ld ${path}   # shows its owner`,
      `Change its owner or permissions, or build as another user.`,
    ],
    blame: "platform",
  }),
};
