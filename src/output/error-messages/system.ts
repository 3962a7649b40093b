import type { Messages } from "./message.ts";

/** Problems of the machine. */
export const systemMessages: Messages<"system"> = {
  "system/disk-full": ({ path }) => ({
    headline: `The disk is full`,
    happened: [`No space was left while writing \`${path}\`.`],
    next: [`df -h ${path}   # then free some space, or build on a larger disk`],
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
