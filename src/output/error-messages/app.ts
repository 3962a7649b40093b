import { lockCommand } from "./gems.ts";
import type { Messages } from "./message.ts";

/** What is wrong with the app's own files, found before anything is downloaded. */
export const appMessages: Messages<"app"> = {
  "app/lockfile-missing": ({ gemfile, lockfile, files }) => ({
    headline: `\`${lockfile}\` is missing`,
    happened: [
      `The app has a \`${gemfile}\` but no \`${lockfile}\`, so the exact gems to install are not known.`,
      `The directory that it belongs in holds: ${files.length > 0 ? files.join(", ") : "nothing"}.`,
      `A lockfile that \`.gitignore\`, \`.dockerignore\` or project.toml's \`exclude\` leaves out may not reach a build.`,
    ],
    next: [lockCommand(gemfile), `git add ${lockfile} && git commit -m "Add ${lockfile}"`],
    blame: "application",
  }),
  "app/lockfile-unreadable": ({ path, problem, line }) => ({
    headline: `\`${path}\` cannot be read`,
    happened: [line === undefined ? `${problem}.` : `Line ${line}: ${problem}.`],
    next: [
      `git checkout -- ${path}   # the version that was committed last`,
      `rm -r ${path} && bundle lock   # or a new one, which may choose newer gems`,
    ],
    blame: "application",
  }),
  "app/lockfile-merge-conflict": ({ path, line }) => ({
    headline: `\`${path}\` has an unresolved merge conflict`,
    happened: [
      `Line ${line} is a merge marker that git left. Which of the two sides counts, only you can say.`,
    ],
    next: [
      `Remove the lines that begin with \`<<<<<<<\`, \`=======\` and \`>>>>>>>\`, and what is not wanted between them.`,
      `bundle lock   # brings the rest into order`,
      `git commit -m "Resolve ${path}" ${path}`,
    ],
    blame: "application",
  }),
  "app/platform-missing": ({ lockfile, wanted, present }) => ({
    headline: `\`${lockfile}\` was not made for this platform`,
    happened: [
      `This build is for \`${wanted}\`; the section PLATFORMS names ${present.map((name) => `\`${name}\``).join(", ")}.`,
      `With a frozen lockfile, Bundler installs no gem for a platform that it does not name.`,
    ],
    next: [
      `bundle lock --add-platform ${unbound(wanted)}`,
      `git commit -m "Lock gems for ${unbound(wanted)}" ${lockfile}`,
    ],
    blame: "application",
  }),
  "app/ruby-unsupported": ({ requested, source }) => ({
    headline: `\`${requested}\` cannot be installed`,
    happened: [
      `${source} asks for \`${requested}\`. This buildpack installs MRI (\`ruby\`) and JRuby.`,
    ],
    next: [
      source.startsWith(".")
        ? `Write a version of MRI or JRuby into \`${source}\`, such as 3.4.10 or jruby-10.0.2.0.`
        : `Name a version of MRI in the Gemfile, such as ruby "3.4.10", then: bundle update --ruby`,
    ],
    blame: "application",
  }),
  "app/gemfile-unreadable": ({ path, problem }) => ({
    headline: `\`${path}\` cannot be read`,
    happened: [`Reading it failed: ${problem}.`],
    next: [
      `ls -ld ${path}   # it has to be a file that the build's user may read`,
      `git checkout -- ${path}   # the version that was committed last`,
    ],
    blame: "application",
  }),
  "app/binstub-misleading": ({ path, problem, mend }) => ({
    headline: `\`${path}\` would not run the app's Ruby`,
    happened: [
      problem,
      `Scripts in the app's \`bin\` come first on PATH, so the app would fail when it starts.`,
    ],
    next: [mend],
    blame: "application",
  }),
};

/** `universal-java-17` suits that Java alone, `java` any. */
function unbound(platform: string): string {
  return platform.startsWith("universal-java-") ? "java" : platform;
}

/** A setting with a value that it does not take. */
export const settingsMessages: Messages<"settings"> = {
  "settings/invalid": ({ key, value, problem }) => ({
    headline: `The setting \`${key}\` has a value that it does not take`,
    happened: [`\`${key}\` is \`${value}\`: ${problem}.`],
    next: [`Set \`${key}\` to a value that docs/configuration.md lists, or unset it.`],
    blame: "configuration",
  }),
};
