import { chmod, cp } from "node:fs/promises";
import { join } from "node:path";
import { makeBuildpack } from "./tiny-buildpack.ts";

/**
 * Makes a buildpack that provides `jdk` as JVM buildpacks do: a layer whose `bin` goes on PATH and to
 * which JAVA_HOME points, for build and launch, or for launch alone. Resolves to its directory.
 */
export async function makeJvmBuildpack(
  jvm: string,
  types: "build launch cache" | "launch" = "build launch cache",
): Promise<string> {
  const directory = await makeBuildpack({
    id: "test/jvm",
    detect: `printf '[[provides]]\\nname = "jdk"\\n' > "$CNB_BUILD_PLAN_PATH"`,
    build: [
      `layer jdk ${types}`,
      `jdk="$CNB_LAYERS_DIR/jdk"`,
      `test -x "$jdk/bin/java" || cp -R "$CNB_BUILDPACK_DIR/java/." "$jdk/"`,
      `mkdir -p "$jdk/env"`,
      `printf %s "$jdk" > "$jdk/env/JAVA_HOME"`,
    ].join("\n"),
  });
  await cp(jvm, join(directory, "java"), { recursive: true, verbatimSymlinks: true });
  // Another user builds than the one who made it.
  await chmod(directory, 0o755);
  return directory;
}
