import { realpath } from "node:fs/promises";
import type { Section } from "../../output/printer.ts";
import type { BuildContext } from "../build-context.ts";
import { buildEnvironment } from "../environment/environment.ts";
import type { Installed } from "../installed.ts";
import type { Project } from "../project/project.ts";
import { findGemspecsWithGit, type GemspecWithGit } from "./find-gemspecs-with-git.ts";

/**
 * Replaces gemspecs of path gems that run git by what they evaluate to, as Bundler does for gems from git.
 * Bundler evaluates them whenever the app starts, when there is no `.git` any more and perhaps no git.
 * If it fails, prints a warning and the build continues. Does nothing if `BP_KEEP_GIT` is `true`.
 */
export async function writeOutGemspecs(
  context: BuildContext,
  project: Project,
  installed: Installed,
): Promise<void> {
  if (context.settings.BP_KEEP_GIT) return;
  const found = await inside(context.input.appDir, await findGemspecsWithGit(project));
  if (found.length === 0) return;
  await context.printer.section("Gemspecs", async (section) => {
    const { exitCode, lines } = await context.run({
      file: "bundle",
      args: ["exec", "ruby", "-e", script, ...found.map(({ path }) => path)],
      cwd: project.dir,
      env: buildEnvironment(context).gemspecs({ project, installed }),
    });
    context.signal.throwIfAborted();
    const names = found.map(({ name }) => name);
    if (exitCode === 0)
      section.say(
        `Wrote the list of files into the gemspecs that run git, so that the app starts without git: ${names.join(", ")}`,
      );
    else warn(names, lines, section);
  });
}

/** Without those that a link puts outside of the app: the build does not change them. */
async function inside(appDir: string, gemspecs: GemspecWithGit[]): Promise<GemspecWithGit[]> {
  const home = await realpath(appDir);
  const paths = await Promise.all(gemspecs.map(({ path }) => realpath(path)));
  return gemspecs.filter((_, index) => paths[index]?.startsWith(`${home}/`));
}

// As Bundler::Source::Git does.
const script = `ARGV.each do |path|
  spec = Bundler.load_gemspec(path) or abort("#{path} is not a gemspec")
  File.binwrite(path, spec.to_ruby)
end`;

function warn(names: readonly string[], lines: readonly string[], section: Section): void {
  for (const line of lines) section.output(line);
  section.warn(
    `Gemspecs that run git could not be evaluated (see the output above): ${names.join(", ")}.`,
    'The app may not start without git. To need no git, list the files in the gemspec with Dir["{lib,app}/**/*"].',
  );
}
