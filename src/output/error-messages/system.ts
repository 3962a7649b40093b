import type { Messages } from "./message.ts";

/** What the machine refused. */
export const systemMessages: Messages<"system"> = {
  "system/disk-full": ({ path }) => ({
    headline: `The disk is full`,
    happened: [`There was no room left while writing \`${path}\`.`],
    next: [`df -h ${path}   # then make room, or build on a larger disk`],
    blame: "platform",
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
