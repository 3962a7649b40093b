import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { parseJavaVersion } from "../../ruby/versions/java-version.ts";
import type { RubyRequest } from "../../ruby/versions/ruby-request.ts";
import { definedVariables } from "../../system/environment/defined-variables.ts";
import { readTextIfAny } from "../../system/files.ts";
import { javaMissing, locateJava, requireRecentJava } from "../interpreter/interpreter.ts";
import { checkPlatforms, gemPlatformOf, type Project } from "../project/project.ts";
import type { Examination } from "./examination.ts";

/** Whether the lockfile has gems for the target, and for the other architecture. */
export async function examinePlatforms(
  { attempt, context, facts }: Examination,
  project: Project,
  { ruby }: RubyRequest,
): Promise<void> {
  const { target } = context.input;
  facts.platforms = project.locked.platforms;
  await context.printer.section("Platforms", async (section) => {
    const listed = project.locked.platforms.map((name) => `\`${name}\``).join(", ");
    section.say(listed === "" ? "The lockfile names none" : `In the lockfile: ${listed}`);
    if (ruby.engine === "jruby") {
      // Gems may be locked for one release of Java only, but which one the build has is not known.
      await attempt(() => checkPlatforms(project, "java"));
      return;
    }
    const checked = await attempt(() => {
      checkPlatforms(project, gemPlatformOf(target));
      return true;
    });
    const arch = target.arch === "amd64" ? "arm64" : "amd64";
    const other = gemPlatformOf({ ...target, arch });
    if (checked && !isLockedFor(project, other)) {
      section.detail(`A build for ${arch} would fail: \`bundle lock --add-platform ${other}\``);
    }
  });
}

function isLockedFor(project: Project, platform: string): boolean {
  try {
    checkPlatforms(project, platform);
    return true;
  } catch (error) {
    if (error instanceof BuildpackError) return false;
    throw error;
  }
}

const needsJvm = {
  topic: "Java",
  codes: ["java/missing", "java/too-old"] as const,
  unless: "Unless a buildpack before this one provides a suitable Java, the build fails:",
};

/** The Java for JRuby. It is not run: its version is read from the file that every JDK has. */
export async function examineJava(
  { attempt, context, facts }: Examination,
  request: RubyRequest,
): Promise<void> {
  if (request.ruby.engine !== "jruby") return;
  await context.printer.section("Java", async (section) => {
    const { path, because } = await locateJava(definedVariables(context.env));
    if (path === undefined) {
      await attempt(() => {
        throw javaMissing(request, because);
      }, needsJvm);
      return;
    }
    facts.java = path;
    const version = await versionOf(path);
    section.say(`\`${version?.version ?? "unknown version"}\` at \`${path}\`, ${because}`);
    if (version) await attempt(() => requireRecentJava({ ...version, path }, request), needsJvm);
  });
}

async function versionOf(java: string) {
  const program = await realpath(java).catch(() => java);
  const release = await readTextIfAny(join(dirname(dirname(program)), "release"));
  const version = /^JAVA_VERSION="([\w.+-]+)"/m.exec(release ?? "")?.[1];
  return version === undefined ? undefined : parseJavaVersion([`java version "${version}"`]);
}
