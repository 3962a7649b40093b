import type { Messages } from "./message.ts";

/** What kept an artifact, or an inventory, from arriving. */
export const downloadMessages: Messages<"download"> = {
  "download/not-found": ({ url }) => ({
    headline: `There is nothing at \`${url}\``,
    happened: [
      url.startsWith("file:")
        ? `There is no such file where the build runs, which sees the files of its image alone.`
        : `The server answered that it has no such file, so it was not tried again.`,
    ],
    next: [
      ...(url.startsWith("file:") ? [volume] : []),
      `If a mirror is configured (BP_DEPENDENCY_MIRROR), put the file there.`,
      `If the URL comes from BP_INVENTORY, correct it there.`,
      `Otherwise choose another version, or name an inventory that has this one: BP_INVENTORY=<url>#sha256=<hex>`,
    ],
    blame: "configuration",
  }),
  "download/refused": ({ url, status }) => ({
    headline: `The server refused to give \`${url}\``,
    happened: [`It answered with status ${status}.`],
    next: [`curl -I ${url}`, ...(status === 401 || status === 403 ? [credentials] : [mirror])],
    blame: "network",
  }),
  "download/failed": ({ url, attempts, problem }) => ({
    headline: `\`${url}\` could not be downloaded`,
    happened: [`${inAttempts(attempts)}, the network failed: ${problem}.`],
    next: [`curl -I ${url}`, proxy, mirror],
    blame: "network",
  }),
  "download/stalled": ({ url, attempts, seconds, bytes }) => ({
    headline: `The download of \`${url}\` stalled`,
    happened: [
      `${inAttempts(attempts)}, less than 1 KiB per second came for ${seconds} seconds; the last attempt stopped after ${bytes} bytes.`,
    ],
    next: [`curl -o /dev/null ${url}`, proxy, mirror],
    blame: "network",
  }),
  "download/too-large": ({ url, limit }) => ({
    headline: `\`${url}\` is too large`,
    happened: [`The download was stopped: the file is larger than ${limit / 2 ** 30} GiB.`],
    next: ["Check what the server or the mirror gives under this URL."],
    blame: "configuration",
  }),
  "download/truncated": ({ url, attempts, expected, received }) => ({
    headline: `The download of \`${url}\` ended early`,
    happened: [
      `${inAttempts(attempts)}, the connection ended; the last one gave ${received} of ${expected} bytes.`,
    ],
    next: [`curl -o /dev/null ${url}`, proxy, mirror],
    blame: "network",
  }),
  "download/checksum-mismatch": ({ url, expected, received }) => ({
    headline: `\`${url}\` is not the file that was vouched for`,
    happened: [
      `Its SHA-256 should be ${expected}`,
      `           but it was ${received}`,
      `Nothing of it was unpacked.`,
    ],
    next: [
      `If a mirror is configured (BP_DEPENDENCY_MIRROR), its file is damaged or another one: replace it.`,
      `If the checksum comes from BP_INVENTORY, correct it there, if you trust the file.`,
      `Otherwise somebody has changed the file on its way: do not use it.`,
    ],
    blame: "network",
  }),
};

const volume = `If the file is on the machine that builds, show it to the build: --volume HOST:INSIDE (\`pack\`, \`lapidary\`).`;
const proxy = `Behind a proxy, set HTTPS_PROXY, HTTP_PROXY and NO_PROXY for the build.`;
const mirror = `Where the host cannot be reached, set BP_DEPENDENCY_MIRROR to one that can.`;
const credentials = `Where the server wants credentials, write them into the mirror's URL: https://user:password@host`;

function inAttempts(attempts: number): string {
  return attempts === 1 ? "In one attempt" : `In each of ${attempts} attempts`;
}
