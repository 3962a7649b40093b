import { lockCommand } from "./gems.ts";
import type { Messages } from "./message.ts";
import { isVersionFile } from "./version-source.ts";

/** Problems in the app's own files, found before anything is downloaded. */
export const appMessages: Messages<"app"> = {
  "app/lockfile-missing": ({ gemfile, lockfile, files }) => ({
    headline: `\`${lockfile}\` is missing`,
    happened: [
      `The app has a \`${gemfile}\` but no \`${lockfile}\`, so it is unknown which gem versions to install.`,
      `Files in that directory: ${files.length > 0 ? files.join(", ") : "none"}.`,
      `If \`${lockfile}\` exists on your machine, check that \`.gitignore\`, \`.dockerignore\` and \`exclude\` in project.toml do not leave it out.`,
    ],
    next: [lockCommand(gemfile), `git add ${lockfile} && git commit -m "Add ${lockfile}"`],
    blame: "application",
  }),
  "app/lockfile-unreadable": ({ path, problem, line }) => ({
    headline: `\`${path}\` is not a valid lockfile`,
    happened: [line === undefined ? `${problem}.` : `Line ${line}: ${problem}.`],
    next: [
      `git checkout -- ${path}   # restores the last committed version`,
      `rm -r ${path} && bundle lock   # or creates a new one, with newer gems if there are any`,
    ],
    blame: "application",
  }),
  "app/lockfile-merge-conflict": ({ path, line }) => ({
    headline: `\`${path}\` has an unresolved merge conflict`,
    happened: [`Line ${line} is a conflict marker from git.`],
    next: [
      `Edit \`${path}\`: choose between the two sides, and delete the lines with \`<<<<<<<\`, \`=======\` and \`>>>>>>>\`.`,
      `bundle lock   # checks and completes the file`,
      `git commit -m "Resolve ${path}" ${path}`,
    ],
    blame: "application",
  }),
  "app/platform-missing": ({ lockfile, wanted, present }) => ({
    headline: `\`${lockfile}\` does not include the platform \`${wanted}\``,
    happened: [
      `This build is for \`${wanted}\`, but PLATFORMS in the lockfile lists only ${present.map((name) => `\`${name}\``).join(", ")}.`,
      `Bundler installs no gems for a platform that a frozen lockfile does not list.`,
    ],
    next: [
      `bundle lock --add-platform ${unbound(wanted)}`,
      `git commit -m "Lock gems for ${unbound(wanted)}" ${lockfile}`,
    ],
    blame: "application",
  }),
  "app/ruby-unsupported": ({ requested, source }) => ({
    headline: `\`${requested}\` is not supported`,
    happened: [
      `${source} asks for \`${requested}\`. This buildpack installs MRI (\`ruby\`) and JRuby (\`jruby\`).`,
    ],
    next: [
      isVersionFile(source) || source === "BP_RUBY_VERSION"
        ? `Write an MRI or JRuby version into \`${source}\` (see docs/ruby-versions.md).`
        : `Write an MRI version into the Gemfile (see docs/ruby-versions.md), then run: bundle update --ruby`,
    ],
    blame: "application",
  }),
  "app/version-conflict": ({ what, key, value, source, locked, update }) => ({
    headline: `\`${key}\` and ${source} name different versions of ${what}`,
    happened: [
      `\`${key}\` is \`${value}\`, and ${source} has ${what} \`${locked}\`. The version in the lockfile is the one that the app was tested with, so a setting does not replace it.`,
    ],
    next: [
      `Remove \`${key}\` from the build's environment, or change the version that ${source} has:`,
      update,
    ],
    blame: "configuration",
  }),
  "app/gemfile-unreadable": ({ path, problem }) => ({
    headline: `\`${path}\` cannot be read`,
    happened: [`Reason: ${problem}.`],
    next: [
      `ls -ld ${path}   # must be a file that the build's user can read`,
      `git checkout -- ${path}   # restores the last committed version`,
    ],
    blame: "application",
  }),
  "app/checksums-missing": ({ lockfile, gems }) => ({
    headline: `\`${lockfile}\` has no checksums for ${gems.length === 1 ? "a gem" : `${gems.length} gems`}`,
    happened: [
      "`BP_REQUIRE_CHECKSUMS=true` allows only gems that Bundler can verify.",
      `Without a SHA-256 in \`CHECKSUMS\`: ${gems.slice(0, 5).join(", ")}${gems.length > 5 ? ", …" : ""}.`,
    ],
    next: [
      "bundle lock --add-checksums   # needs Bundler 2.6 or newer",
      `git commit -m "Add checksums" ${lockfile}`,
    ],
    blame: "application",
  }),
  "app/binstub-misleading": ({ path, problem, fix }) => ({
    headline: `\`${path}\` cannot be run`,
    happened: [
      problem,
      `The app's \`bin\` directory comes first on PATH, so the app would fail to start.`,
    ],
    next: [fix],
    blame: "application",
  }),
};

/** `universal-java-17` works with that Java only, `java` with any. */
function unbound(platform: string): string {
  return platform.startsWith("universal-java-") ? "java" : platform;
}

/** A setting with an invalid value. */
export const settingsMessages: Messages<"settings"> = {
  "settings/invalid": ({ key, value, problem }) => ({
    headline: `\`${key}\` has an invalid value`,
    happened: [`\`${key}\` is \`${value}\`: ${problem}.`],
    next: [
      `Correct \`${key}\` in the build's environment, or unset it. docs/configuration.md describes it.`,
    ],
    blame: "configuration",
  }),
};
