import type { Messages } from "./message.ts";

const jvmFirst =
  "Put a JVM buildpack before this one: `--buildpack heroku/jvm --buildpack lapidary/ruby`.";

/** What keeps JRuby from having the Java that it runs on. */
export const javaMessages: Messages<"java"> = {
  "java/missing": ({ ruby, source, problem }) => ({
    headline: `\`${ruby}\` needs Java, and this build has none`,
    happened: [
      `${source} asks for \`${ruby}\`, which runs on Java. ${problem}`,
      "Java is no part of this buildpack: the plan asks for `jdk`, which a JVM buildpack provides.",
    ],
    next: [
      jvmFirst,
      "Or let the buildpack that provides `jdk` set JAVA_HOME or PATH at build as well as at launch.",
      `Or name a version of MRI in the Gemfile, such as ruby "3.4.10", then: bundle update --ruby`,
    ],
    blame: "configuration",
  }),
  "java/too-old": ({ ruby, source, needed, version, path }) => ({
    headline: `\`${ruby}\` needs Java ${needed}, and this build has Java ${version}`,
    happened: [`${source} asks for \`${ruby}\`. The Java of this build is \`${path}\`.`],
    next: [
      `echo "java.runtime.version=${needed}" > system.properties   # for heroku/jvm`,
      `BP_JVM_VERSION=${needed}   # for Paketo's JVM buildpacks`,
      `Or choose a JRuby that runs on Java ${version} in the Gemfile, then: bundle update --ruby`,
    ],
    blame: "configuration",
  }),
};
