import type { Messages } from "./message.ts";

/** What kept a source from being compiled on the build image. */
export const compileMessages: Messages<"compile"> = {
  "compile/tools-missing": ({ name, version, missing }) => ({
    headline: `The build image cannot compile ${name} ${version}`,
    happened: [
      `There is only the source of ${name} ${version}. To compile it, these are missing:`,
      ...missing.map(({ tool, packages }) => `    ${tool} (package ${packages})`),
    ],
    next: [
      ...foreignIn(missing).map((arch) => `dpkg --add-architecture ${arch} && apt-get update`),
      `apt-get install -y ${packagesOf(missing).join(" ")}   # in the build image`,
      `Or choose a system for which ${name} is prebuilt.`,
    ],
    blame: "platform",
  }),
  "compile/failed": ({ name, version, command, lines }) => ({
    headline: `${name} ${version} could not be compiled`,
    happened: [`\`${command}\` failed. It last said:`, ...lines.map((line) => `    ${line}`)],
    next: [
      `Build again with BP_LOG_LEVEL=debug to see all that it said; \`lapidary artifact\` takes --verbose.`,
      `A version that is much older than the build image's compiler and OpenSSL may not compile there: choose a newer one.`,
    ],
    blame: "platform",
  }),
  "compile/incomplete": ({ name, version, missing }) => ({
    headline: `${name} ${version} was compiled, but not all of it`,
    happened: [`These did not come out of it, though it ended well: ${missing.join(", ")}.`],
    next: [
      `Build again with BP_LOG_LEVEL=debug to see why; \`lapidary artifact\` takes --verbose.`,
      ...(missing.includes("openssl.so")
        ? [
            `Ruby before 3.1 needs OpenSSL 1.1, which newer systems no longer have: choose a newer Ruby.`,
          ]
        : []),
    ],
    blame: "platform",
  }),
  "compile/library-missing": ({ name, version, libraries }) => ({
    headline: `${name} ${version} was compiled, but cannot start`,
    happened: [
      `It needs shared libraries that the build image itself does not have: ${libraries.join(", ")}.`,
    ],
    next: [`Install them in the build image and in the run image.`],
    blame: "platform",
  }),
};

function packagesOf(missing: readonly { packages: string }[]): string[] {
  return [...new Set(missing.map(({ packages }) => packages))].sort();
}

/** Architectures other than the image's own: a package of theirs is named with it. */
function foreignIn(missing: readonly { packages: string }[]): string[] {
  const named = missing.map(({ packages }) => packages.split(":")[1] ?? "");
  return [...new Set(named.filter(Boolean))];
}
