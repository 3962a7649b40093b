import type { Section } from "../../output/printer.ts";
import type { BuildContext } from "../build-context.ts";
import { findGemspecsWithGit } from "./find-gemspecs-with-git.ts";
import { findSystemNeeds, type SystemWant } from "./find-system-needs.ts";
import type { Installed } from "../install-ruby-and-gems.ts";
import type { Project } from "../project/read-project.ts";

/**
 * Tells what the run image must have besides the layers, with the lines that add it, and warns of what
 * the build image already lacks.
 */
export async function reportLibraries(
  context: BuildContext,
  project: Project,
  installed: Installed,
): Promise<void> {
  const { gems, ruby } = installed.places;
  const { target } = context.input;
  const wanted = await findSystemNeeds({ gems, ruby, target, env: context.env });
  const runningGit = await findGemspecsWithGit(project);
  if (runningGit.length > 0) {
    wanted.push({ names: ["git"], gems: runningGit, package: "git", present: true });
  }
  if (wanted.length === 0) return;
  await context.printer.section("System libraries", async (section) => {
    tellWants(wanted, section);
    for (const gem of runningGit) {
      section.detail(
        `Or let ${gem}.gemspec list its files by \`Dir["{lib,app}/**/*"]\`: as it is, it runs git whenever the app starts`,
      );
    }
    const packages = wanted.flatMap((want) => want.package ?? []);
    if (packages.length > 0) tellPackages([...new Set(packages)].sort(), section);
  });
}

function tellWants(wanted: readonly SystemWant[], section: Section): void {
  section.say("The run image must have:");
  for (const { names, gems, package: owner } of wanted) {
    const from = owner === undefined ? "" : `, which is in the package \`${owner}\``;
    section.detail(`${orOf(names)} for ${gems.join(", ")}${from}`);
  }
  const missing = wanted.filter(({ present }) => !present);
  const warnings = missing.map(({ names, gems }) => {
    return `The build image has no ${orOf(names)}: ${gems.join(", ")} cannot be used in it, nor in a run image without it.`;
  });
  if (warnings.length > 0) section.warn(...warnings);
}

function orOf(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(" or ");
}

function tellPackages(packages: readonly string[], section: Section): void {
  const list = packages.map((name) => `"${name}"`).join(", ");
  const words = packages.join(" ");
  const lines = [
    `Heroku: the buildpack heroku/deb-packages first, and in project.toml \`[com.heroku.buildpacks.deb-packages]\` with \`install = [${list}]\``,
    `Heroku's classic builds: the apt buildpack first, and in Aptfile \`${words}\`, one a line`,
    "Paketo: a run.Dockerfile in an image extension, or a run image of your own, with the line for Debian",
    `Debian and Ubuntu: \`RUN apt-get update && apt-get install --yes --no-install-recommends ${words}\``,
  ];
  section.say("Where it has not, add the packages:");
  for (const line of lines) section.detail(line);
}
