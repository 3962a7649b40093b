import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { parseJavaVersion } from "../../ruby/versions/java-version.ts";
import type { JavaVersion } from "../../ruby/versions/java-version.ts";
import { jrubySeriesOf } from "../../ruby/versions/jruby-series.ts";
import { rubyLabel } from "../../ruby/versions/ruby-request.ts";
import type { RubyRequest } from "../../ruby/versions/ruby-request.ts";
import { findProgram } from "../../system/search-path.ts";
import type { BuildContext } from "../build-context.ts";
import { buildEnvironment } from "../environment/environment.ts";

/** The Java that JRuby runs on, provided by another buildpack. */
export interface Java extends JavaVersion {
  path: string;
}

/**
 * Finds the Java for JRuby, and runs it to find out its version, before anything is downloaded.
 *
 * @returns `undefined` for MRI, which needs no Java.
 * @throws BuildpackError `java/missing` or `java/too-old`.
 */
export async function findJava(
  context: BuildContext,
  request: RubyRequest,
): Promise<Java | undefined> {
  if (request.ruby.engine !== "jruby") return undefined;
  return await context.printer.section("Java", async (section) => {
    const java = await askJava(context, request);
    section.say(`\`${java.version}\` at \`${java.path}\``);
    requireRecentJava(java, request);
    return java;
  });
}

async function askJava(context: BuildContext, request: RubyRequest): Promise<Java> {
  const { run, input } = context;
  const env = buildEnvironment(context).java;
  const { path, because } = await locateJava(env);
  if (path === undefined) throw javaMissing(request, because);
  const result = await run({ file: path, args: ["-version"], cwd: input.appDir, env });
  const version = parseJavaVersion(result.lines);
  if (version) return { ...version, path };
  const said = result.lines.at(-1) ?? `nothing, with exit code ${result.exitCode}`;
  throw javaMissing(request, `\`${path}\` (${because}) does not run. Its output: ${said}`);
}

/** Looks where JRuby's launcher looks. */
export async function locateJava(
  env: Readonly<Record<string, string>>,
): Promise<{ path: string | undefined; because: string }> {
  const { JAVACMD: command, JAVA_HOME: home, PATH } = env;
  if (command) return { path: command, because: "from JAVACMD" };
  if (home) return { path: join(home, "bin/java"), because: "from JAVA_HOME" };
  const path = await findProgram("java", PATH);
  if (path !== undefined) return { path, because: "from PATH" };
  return { path: undefined, because: "JAVA_HOME is not set, and there is no `java` on PATH." };
}

/** The error of a build that finds no Java: `because` ends with a full stop. */
export function javaMissing({ ruby, source }: RubyRequest, problem: string): BuildpackError {
  return new BuildpackError({ code: "java/missing", ruby: rubyLabel(ruby), source, problem });
}

/** @throws BuildpackError `java/too-old`. */
export function requireRecentJava(
  { version, release, path }: Java,
  { ruby, source }: RubyRequest,
): void {
  const needed = jrubySeriesOf(ruby.engineVersion ?? "")?.java ?? 0;
  if (release >= needed) return;
  const wanted = { ruby: rubyLabel(ruby), source, needed };
  throw new BuildpackError({ code: "java/too-old", ...wanted, version, path });
}
