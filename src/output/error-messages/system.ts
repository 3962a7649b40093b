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
      "Linux cannot start a program if one variable is larger than 128 KiB, or if all variables together are larger than a quarter of the stack size.",
      `The largest variable is \`${name}\`, with ${bytes} bytes.`,
    ],
    next: [`Pass the content of \`${name}\` in a file, for example with a service binding.`],
    blame: "configuration",
  }),
  "system/file-unusable": ({ path, problem }) => ({
    headline: `\`${path}\` cannot be used: ${problem}`,
    happened: ["The build needs this file, directory or program of the machine."],
    next:
      problem === "too many open files"
        ? ["ulimit -n 4096   # the number of files that a process may have open; then build again"]
        : [`ls -ld ${path}   # shows its type, owner and permissions`],
    blame: "platform",
  }),
  "system/link-not-followed": ({ path }) => ({
    headline: `\`${path}\` is a symbolic link, but must be a file or a directory`,
    happened: [
      "It comes from an app or from a build. Such links are not followed, because they can point to any file on this machine.",
    ],
    next: [
      `ls -l ${path}   # shows where it leads, unless it was removed with the rest of a failed build`,
      "If it is in the app's directory, replace it with a copy of the file or directory that it points to.",
      "Otherwise report it to the authors of the buildpack that left it, with this message.",
    ],
    blame: "unclear",
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
