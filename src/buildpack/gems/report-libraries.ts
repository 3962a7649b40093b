import { waysToAddPackages } from "../../output/add-packages.ts";
import { readBuildImage } from "../../cnb/build-image.ts";
import type { Section } from "../../output/printer.ts";
import type { BuildContext } from "../build-context.ts";
import { findGemspecsWithGit } from "./find-gemspecs-with-git.ts";
import { findSystemNeeds, type SystemWant } from "./find-system-needs.ts";
import type { Installed } from "../installed.ts";
import type { Project } from "../project/project.ts";

/**
 * Prints which libraries and programs the run image must have, and warns about those that are missing from
 * the build image, and prints how to add packages to this image.
 *
 * @param root the root directory of the build image.
 * @returns what was printed.
 */
export async function reportLibraries(
  context: BuildContext,
  project: Project,
  installed: Installed,
  root = "/",
): Promise<SystemWant[]> {
  const { gems, ruby } = installed.places;
  const { target } = context.input;
  // Opened before the search, because other sections begin meanwhile and would be printed first.
  return await context.printer.section("System libraries", async (section) => {
    const wanted = await findSystemNeeds({ gems, ruby, target, env: context.env, root });
    const runningGit = context.settings.BP_KEEP_GIT ? await gemsRunningGit(project) : [];
    if (runningGit.length > 0) {
      wanted.push({ names: ["git"], gems: runningGit, package: "git", present: true });
    }
    for (const want of wanted) printWant(want, section);
    for (const gem of runningGit) {
      section.detail(
        `${gem}.gemspec runs git whenever the app starts. To do without git, list its files with \`Dir["{lib,app}/**/*"]\``,
      );
    }
    const packages = [...new Set(wanted.flatMap((want) => want.package ?? []))].sort();
    if (packages.length > 0) {
      printPackages(waysToAddPackages(packages, await readBuildImage(context.env, root)), section);
    }
    if (wanted.length === 0) section.say("The gems need only libraries that every system has");
    return wanted;
  });
}

/** Unless `.git` is kept, no gemspec runs git when the app starts: see `writeOutGemspecs`. */
async function gemsRunningGit(project: Project): Promise<string[]> {
  return (await findGemspecsWithGit(project)).map(({ name }) => name);
}

function printWant({ names, gems, package: owner, present }: SystemWant, section: Section): void {
  const from = owner === undefined ? "" : ` (package \`${owner}\`)`;
  const want = `${orOf(names)}${from}, needed by ${gems.join(", ")}`;
  if (present) section.say(`The run image must have ${want}`);
  else section.warn(`Missing from the build image: ${want.replaceAll("`", "")}`);
}

function orOf(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(" or ");
}

function printPackages(ways: readonly string[], section: Section): void {
  const [first = "", ...others] = ways;
  section.say(
    `If the run image lacks them: ${first.startsWith("apt-get") ? `\`${first}\`` : first}`,
  );
  for (const way of others) section.debug(way);
}
