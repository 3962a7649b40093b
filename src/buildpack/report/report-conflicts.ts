import { join } from "node:path";
import { knownConflicts } from "../../ruby/known-conflicts.ts";
import { isFile, readTextIfAny } from "../../system/files.ts";
import type { BuildContext } from "../build-context.ts";
import type { Versions } from "../interpreter/interpreter.ts";
import type { Project } from "../project/project.ts";

/** Warns of versions of Ruby, Bundler and gems that are known not to work together. */
export async function reportConflicts(
  { printer }: Pick<BuildContext, "printer">,
  { dir, locked, procfile }: Project,
  { ruby, bundler }: Versions,
): Promise<void> {
  const texts = await Promise.all(bootFiles.map((path) => readTextIfAny(join(dir, path))));
  const conflicts = knownConflicts({
    locked,
    ruby: ruby.ruby,
    bundler,
    boot: texts.join("\n"),
    lacksManifest: await lacksManifest(dir),
    startsPuma: procfile.state === "text" && /^web:.*\bpuma\b/m.test(procfile.text),
  });
  if (conflicts.length === 0) return;
  await printer.section("Known problems", async (section) => {
    for (const lines of conflicts) section.warn(...lines);
  });
}

async function lacksManifest(dir: string): Promise<boolean> {
  if (await isFile(join(dir, "app/assets/config/manifest.js"))) return false;
  return await isFile(join(dir, "config/application.rb"));
}

const bootFiles = ["config/boot.rb", "config/application.rb", "Rakefile"];
