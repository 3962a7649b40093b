import type { Messages } from "./message.ts";

/** Problems while compiling a source on the build image. */
export const compileMessages: Messages<"compile"> = {
  "compile/tools-missing": ({ name, version, missing }) => ({
    headline: `The build image cannot compile ${name} ${version}`,
    happened: [
      `${name} ${version} is only available as source. Missing to compile it:`,
      ...missing.map(({ tool, packages }) => `    ${tool} (package ${packages})`),
    ],
    next: [
      ...foreignIn(missing).map((arch) => `dpkg --add-architecture ${arch} && apt-get update`),
      `apt-get install -y ${packagesOf(missing).join(" ")}   # in the build image`,
      `Or use a system for which the inventory has a prebuilt ${name}.`,
    ],
    blame: "platform",
  }),
  "compile/failed": ({ name, version, command, lines }) => ({
    headline: `${name} ${version} could not be compiled`,
    happened: [`\`${command}\` failed. Its last lines:`, ...lines.map((line) => `    ${line}`)],
    next: [
      fullOutput,
      `If this version is much older than the compiler and OpenSSL of the build image, choose a newer one.`,
    ],
    blame: "platform",
  }),
  "compile/incomplete": ({ name, version, missing }) => ({
    headline: `${name} ${version} was compiled, but parts are missing`,
    happened: [`The compiler reported no error, but did not make: ${missing.join(", ")}.`],
    next: [
      fullOutput,
      ...(missing.includes("openssl.so")
        ? [
            `Ruby before 3.1 needs OpenSSL 1.1, which newer systems do not have: choose a newer Ruby.`,
          ]
        : []),
    ],
    blame: "platform",
  }),
  "compile/library-missing": ({ name, version, libraries }) => ({
    headline: `${name} ${version} was compiled, but cannot start`,
    happened: [`Shared libraries missing from the build image: ${libraries.join(", ")}.`],
    next: [
      `Install the packages that contain these libraries, in the build image and in the run image (docs/system-packages.md).`,
    ],
    blame: "platform",
  }),
};

const fullOutput =
  "Build again with BP_LOG_LEVEL=debug to see the full output (`lapidary artifact`: --verbose).";

function packagesOf(missing: readonly { packages: string }[]): string[] {
  return [...new Set(missing.map(({ packages }) => packages))].sort();
}

/** Architectures other than the image's own: their packages are named `package:arch`. */
function foreignIn(missing: readonly { packages: string }[]): string[] {
  const named = missing.map(({ packages }) => packages.split(":")[1] ?? "");
  return [...new Set(named.filter(Boolean))];
}
