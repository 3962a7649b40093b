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
    next: [`ls -ld ${path}`],
    blame: "platform",
  }),
  "system/command-not-found": ({ command }) => ({
    headline: `The command \`${command}\` is not there`,
    happened: [`The build image has no \`${command}\` on PATH.`],
    next: [`Use a build image that has it, or install its package.`],
    blame: "platform",
  }),
};
