import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { parseJavaVersion } from "../../ruby/java-version.ts";
import type { JavaVersion } from "../../ruby/java-version.ts";
import { jrubySeriesOf } from "../../ruby/jruby-series.ts";
import { rubyLabel } from "../../ruby/ruby-request.ts";
import type { RubyRequest } from "../../ruby/ruby-request.ts";
import { findProgram } from "../../system/search-path.ts";
import type { BuildContext } from "../build-context.ts";
import { childEnvironment } from "../environment/child-environment.ts";

/** The Java that JRuby runs on, which another buildpack has brought. */
export interface Java extends JavaVersion {
  path: string;
}

/**
 * Finds the Java of a build where its Ruby is JRuby, and runs it to see which it is, before anything
 * is downloaded.
 *
 * @returns `undefined` for MRI, which needs none.
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
    requireRecent(java, request);
    return java;
  });
}

async function askJava({ run, input, env }: BuildContext, request: RubyRequest): Promise<Java> {
  const { env: inherited } = childEnvironment(env);
  const { path, because } = await locateJava(inherited);
  if (path === undefined) throw missing(request, because);
  const result = await run({ file: path, args: ["-version"], cwd: input.appDir, env: inherited });
  const version = parseJavaVersion(result.lines);
  if (version) return { ...version, path };
  const said = result.lines.at(-1) ?? `nothing, with exit code ${result.exitCode}`;
  throw missing(request, `\`${path}\`, ${because}, does not run; it said: ${said}`);
}

/** As JRuby's launcher looks for it. */
async function locateJava(
  env: Readonly<Record<string, string>>,
): Promise<{ path: string | undefined; because: string }> {
  const { JAVACMD: command, JAVA_HOME: home, PATH } = env;
  if (command) return { path: command, because: "as JAVACMD says" };
  if (home) return { path: join(home, "bin/java"), because: "as JAVA_HOME says" };
  const path = await findProgram("java", PATH);
  if (path !== undefined) return { path, because: "the first on PATH" };
  return { path: undefined, because: "JAVA_HOME is not set, and there is no `java` on PATH." };
}

function missing({ ruby, source }: RubyRequest, problem: string): BuildpackError {
  return new BuildpackError({ code: "java/missing", ruby: rubyLabel(ruby), source, problem });
}

function requireRecent({ version, release, path }: Java, { ruby, source }: RubyRequest): void {
  const needed = jrubySeriesOf(ruby.engineVersion ?? "")?.java ?? 0;
  if (release >= needed) return;
  const wanted = { ruby: rubyLabel(ruby), source, needed };
  throw new BuildpackError({ code: "java/too-old", ...wanted, version, path });
}
