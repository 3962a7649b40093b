import { chmod, cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Makes a buildpack that runs after ours and copies the metadata that ours wrote to `/recorded`. */
export async function makeRecorder(directory: string): Promise<string> {
  await write(directory, "recorder", {
    detect: "",
    build: `cp "$CNB_LAYERS_DIR"/../lapidary_ruby/*.toml /recorded/`,
  });
  return directory;
}

/** Makes a buildpack that brings Java to other buildpacks, as those of Heroku and Paketo do. */
export async function makeJvm(directory: string, jvm: string): Promise<string> {
  await write(directory, "jvm", {
    detect: `printf '[[provides]]\\nname = "jdk"\\n' > "$CNB_BUILD_PLAN_PATH"`,
    build: `jdk="$CNB_LAYERS_DIR/jdk"
mkdir -p "$jdk/env"
cp -R "$CNB_BUILDPACK_DIR/java/." "$jdk/"
printf %s "$jdk" > "$jdk/env/JAVA_HOME"
printf '[types]\\nbuild = true\\nlaunch = true\\n' > "$jdk.toml"`,
  });
  await cp(jvm, join(directory, "java"), { recursive: true, verbatimSymlinks: true });
  return directory;
}

async function write(
  directory: string,
  name: string,
  { detect, build }: { detect: string; build: string },
): Promise<void> {
  await mkdir(join(directory, "bin"), { recursive: true });
  // Another user builds than the one who records.
  await chmod(directory, 0o755);
  const descriptor = `api = "0.10"\n\n[buildpack]\nid = "layers/${name}"\nversion = "1.0.0"\n`;
  await writeFile(join(directory, "buildpack.toml"), descriptor);
  for (const [phase, script] of Object.entries({ detect, build })) {
    const path = join(directory, "bin", phase);
    await writeFile(path, `#!/bin/sh\nset -eu\n${script}\n`);
    await chmod(path, 0o755);
  }
}
