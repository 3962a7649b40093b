import type { Messages } from "./message.ts";

/** What a user reads when an image cannot be read or made. */
export const imageMessages: Messages<"image"> = {
  "image/invalid": ({ path, problem }) => ({
    headline: `The image at \`${path}\` cannot be read`,
    happened: [`This is why: ${problem}.`],
    next: [
      "skopeo copy docker://NAME oci:DIR   # makes an image layout of an image in a registry",
      "docker save NAME --output FILE   # makes a Docker archive of an image in an engine",
    ],
    blame: "command",
  }),
  "image/lifecycle-invalid": ({ path, problem }) => ({
    headline: `There is no launcher to be had of \`${path}\``,
    happened: [`This is why: ${problem}.`],
    next: [
      "Give `--lifecycle` the archive that a lifecycle is released as, or the program `launcher`.",
      "lapidary build APP --image oci:DIR   # without `--lifecycle`, the image gets our own launcher",
    ],
    blame: "command",
  }),
};
