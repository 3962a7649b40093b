import type { Messages } from "./message.ts";

const jvmFirst =
  "Put a JVM buildpack before this one: --buildpack heroku/jvm --buildpack lapidary/ruby (or its .cnb file, if the builder does not contain it)";

/** JRuby without a suitable Java. */
export const javaMessages: Messages<"java"> = {
  "java/missing": ({ ruby, source, problem }) => ({
    headline: `\`${ruby}\` needs Java, which this build does not have`,
    happened: [
      `${source} asks for \`${ruby}\`, which runs on Java. ${problem}`,
      "This buildpack does not install Java. It requires `jdk`, which a JVM buildpack provides.",
    ],
    next: [
      jvmFirst,
      "Or make the buildpack that provides `jdk` set JAVA_HOME or PATH for the build, too.",
      `Or write an MRI version into the Gemfile (see docs/ruby-versions.md), then run: bundle update --ruby`,
    ],
    blame: "configuration",
  }),
  "java/too-old": ({ ruby, source, needed, version, path }) => ({
    headline: `\`${ruby}\` needs Java ${needed}, but this build has Java ${version}`,
    happened: [`${source} asks for \`${ruby}\`. This build uses \`${path}\`.`],
    next: [
      `echo "java.runtime.version=${needed}" > system.properties   # for heroku/jvm`,
      `BP_JVM_VERSION=${needed}   # for Paketo's JVM buildpack`,
      `Or write a JRuby version that runs on Java ${version} into the Gemfile, then run: bundle update --ruby`,
    ],
    blame: "configuration",
  }),
};
