import { registryMessages } from "./registry.ts";
import type { Messages } from "./message.ts";

/** Images that cannot be read or made. */
export const imageMessages: Messages<"image"> = {
  "image/invalid": ({ path, problem }) => ({
    headline: `The image at \`${path}\` cannot be read`,
    happened: [`Reason: ${problem}.`],
    next: [
      "skopeo copy docker://NAME oci:DIR   # gets an image layout from a registry",
      "docker save NAME --output FILE   # gets a Docker archive from Docker",
    ],
    blame: "command",
  }),
  "image/root-unreadable": ({ root, path }) => ({
    headline: `\`${root}\` cannot become the run image`,
    happened: [`You may not read \`${path}\`, which would be part of the image.`],
    next: [
      "Run the command as root, which may read everything.",
      "lapidary build APP --image TARGET --run-image SOURCE   # puts the app on an image instead",
    ],
    blame: "command",
  }),
  "image/app-unreadable": ({ path }) => ({
    headline: "The app cannot become part of an image",
    happened: [
      `After the build, the user of the app has no permission to read \`${path}\` in the app.`,
      "The app was built, but no image was exported.",
    ],
    next: [
      `chmod -R u+rX ${path}   # if the file is yours`,
      "If a buildpack wrote it, report this message to the authors of that buildpack.",
    ],
    blame: "unclear",
  }),
  "image/lifecycle-invalid": ({ path, problem }) => ({
    headline: `\`${path}\` contains no usable launcher`,
    happened: [`Reason: ${problem}.`],
    next: [
      "Pass `--lifecycle` the archive of a lifecycle release, or its program `launcher`.",
      "lapidary build APP --image oci:DIR   # without `--lifecycle`, the image gets Lapidary's launcher",
    ],
    blame: "command",
  }),
  "image/process-unknown": ({ process, known }) => ({
    headline: `The app has no process \`${process}\`, which \`--default-process\` names`,
    happened: [
      known.length > 0
        ? `Its processes are ${known.map((type) => `\`${type}\``).join(", ")}.`
        : "No buildpack defined a process.",
      "The app was built, but no image was exported.",
    ],
    next: ["Name one of its processes, or add a line for it to the app's Procfile."],
    blame: "command",
  }),
  "image/rebase-refused": ({ image, problem, forceable }) => ({
    headline: `\`${image}\` cannot be put on this run image`,
    happened: [`Reason: ${problem}.`],
    next: [
      "lapidary build APP --image TARGET --run-image NEW   # builds the app for the new run image",
      ...(forceable ? ["If you are sure that the app runs there, pass `--force`."] : []),
    ],
    blame: "command",
  }),
  "image/engine-unreachable": ({ socket, problem }) => ({
    headline: `The Docker engine at \`${socket}\` does not answer`,
    happened: [`Reason: ${problem}.`],
    next: [
      "docker info   # tells whether the engine runs, and whether you may use it",
      "DOCKER_HOST=unix:///PATH   # if its socket is elsewhere",
      "lapidary build APP --image docker-archive:FILE   # then `docker load --input FILE`",
    ],
    blame: "platform",
  }),
  "image/engine-refused": ({ step, problem }) => ({
    headline: `The Docker engine could not ${step}`,
    happened: [`It answered: ${problem}.`],
    next: [
      "docker system df   # shows the disk space that Docker uses",
      "lapidary build APP --image docker-archive:FILE   # writes the image to a file that you can inspect",
    ],
    blame: "platform",
  }),
  ...registryMessages,
};
