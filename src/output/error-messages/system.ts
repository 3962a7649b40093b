import type { Messages } from "./message.ts";

/** What the machine refused. */
export const systemMessages: Messages<"system"> = {
  "system/disk-full": ({ path }) => ({
    headline: `The disk is full`,
    happened: [`There was no room left while writing \`${path}\`.`],
    next: [`df -h ${path}   # then make room, or build on a larger disk`],
    blame: "platform",
  }),
  "system/link-not-followed": ({ path }) => ({
    headline: `\`${path}\` is a symbolic link, where a file or a directory must be`,
    happened: [
      "A build left it there. Such links are not followed, because they may lead to any file of this machine.",
    ],
    next: [
      `ls -l ${path}   # shows where it leads, unless it was removed with the rest of a failed build`,
      "Report it to the authors of the buildpack that left it, with this message.",
    ],
    blame: "buildpack",
  }),
  "system/not-writable": ({ path }) => ({
    headline: `\`${path}\` cannot be written`,
    happened: [`The build's user may not write there.`],
    next: [
      `ls -ld ${path}   # shows whose it is`,
      `Give it to the user that builds, or build as another user.`,
    ],
    blame: "platform",
  }),
};
