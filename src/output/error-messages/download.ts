import type { Messages } from "./message.ts";

/** Downloads of an artifact or an inventory that failed. */
export const downloadMessages: Messages<"download"> = {
  "download/not-found": ({ url }) => ({
    headline: `\`${url}\` does not exist`,
    happened: [
      url.startsWith("file:")
        ? `The build sees only the files of its own image, and this file is not in it.`
        : `The server answered that it has no such file.`,
    ],
    next: [
      ...(url.startsWith("file:") ? [volume] : []),
      `If you use a mirror (BP_DEPENDENCY_MIRROR), put the file there.`,
      `If the URL is from BP_INVENTORY, correct it there.`,
      `Otherwise choose another version, or name an inventory that has this one: BP_INVENTORY=<url>#sha256=<hex>`,
    ],
    blame: "configuration",
  }),
  "download/refused": ({ url, status }) => ({
    headline: `The server refused to send \`${url}\``,
    happened: [`It answered with HTTP status ${status}.`],
    next: [`curl -I ${url}`, ...(status === 401 || status === 403 ? [credentials] : [mirror])],
    blame: status === 401 || status === 403 ? "configuration" : "server",
  }),
  "download/failed": ({ url, attempts, problem }) => ({
    headline: `\`${url}\` could not be downloaded`,
    happened: [`${failed(attempts)}; the last error was: ${problem}.`],
    next: [`curl -I ${url}`, proxy, mirror],
    blame: "network",
  }),
  "download/stalled": ({ url, attempts, seconds, bytes }) => ({
    headline: `The download of \`${url}\` stalled`,
    happened: [
      `${failed(attempts)}: the speed was below 1 KiB per second for ${seconds} seconds. The last one stopped after ${bytes} bytes.`,
    ],
    next: [`curl -o /dev/null ${url}`, proxy, mirror],
    blame: "network",
  }),
  "download/too-large": ({ url, limit }) => ({
    headline: `\`${url}\` is too large`,
    happened: [`The download was stopped: the file is larger than ${limit / 2 ** 30} GiB.`],
    next: ["Check which file the server or mirror sends for this URL."],
    blame: "configuration",
  }),
  "download/truncated": ({ url, attempts, expected, received }) => ({
    headline: `The download of \`${url}\` was incomplete`,
    happened: [
      `${failed(attempts)}: the connection closed early. The last one received ${received} of ${expected} bytes.`,
    ],
    next: [`curl -o /dev/null ${url}`, proxy, mirror],
    blame: "network",
  }),
  "download/checksum-mismatch": ({ url, expected, received }) => ({
    headline: `\`${url}\` does not have the expected checksum`,
    happened: [
      `Expected SHA-256: ${expected}`,
      `Received SHA-256: ${received}`,
      `The file was not unpacked.`,
    ],
    next: [
      `If you use a mirror (BP_DEPENDENCY_MIRROR), its file is damaged or a different one: replace it.`,
      `If the checksum is from BP_INVENTORY and you trust the file, correct the checksum there.`,
      `Otherwise someone may have changed the file: do not use it.`,
    ],
    blame: "server",
  }),
};

const volume = `If the file is on this machine, mount it into the build: --volume HOST:PATH (\`pack\`, \`lapidary\`).`;
const proxy = `Behind a proxy, set HTTPS_PROXY, HTTP_PROXY and NO_PROXY for the build.`;
const mirror = `If the build cannot reach this host, set BP_DEPENDENCY_MIRROR to one that it can.`;
const credentials = `If the server needs a password, put it into the mirror's URL: https://user:password@host`;

function failed(attempts: number): string {
  return attempts === 1 ? "The only attempt failed" : `All ${attempts} attempts failed`;
}
