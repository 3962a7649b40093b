import { readBuildImage } from "../../cnb/build-image.ts";
import { waysToAddPackages } from "../../output/add-packages.ts";
import type { Section } from "../../output/printer.ts";
import type { RubyRequest } from "../../ruby/versions/ruby-request.ts";
import { type ExpectedNeeds, expectSystemNeeds, expectLeftOutGems } from "../gems/gems.ts";
import { gemPlatformOf, type Project } from "../project/project.ts";
import type { Examination } from "./examination.ts";

/** Libraries, programs and packages that the gems of the lockfile imply, and whether the root has them. */
export async function examineSystem(
  { context, facts, request }: Examination,
  project: Project,
  { ruby }: RubyRequest,
): Promise<void> {
  if (ruby.engine !== "ruby") return;
  const { target } = context.input;
  const { root } = request;
  const platform = gemPlatformOf(target);
  const { locked } = project;
  const { env, settings } = context;
  const { gems: leftOut } = expectLeftOutGems(project, env, settings.BP_EXEC_ENV);
  const needs = await expectSystemNeeds({ locked, leftOut, platform, target, env, root });
  const { libraries, toCompile } = needs;
  facts.libraries = libraries.map(({ names, gems, package: owner, present }) => {
    const named = owner === undefined ? {} : { package: owner };
    return { names: [...names], gems: [...gems], ...named, present };
  });
  facts.packagesToCompile = toCompile.map(({ present, ...rest }) => {
    return present === undefined ? rest : { ...rest, present };
  });
  if (libraries.length === 0 && toCompile.length === 0) return;
  await context.printer.section("System packages", async (section) => {
    printNeeds(
      needs,
      request.rootIsNamed ? `in the build image ${root}` : "on this machine",
      section,
    );
    const missing = missingPackages(needs);
    if (missing.length === 0) return;
    const image = await readBuildImage(request.imageEnv, root);
    const [first, ...others] = waysToAddPackages(missing, image);
    section.say(`If the image lacks them: ${first.startsWith("apt-get") ? `\`${first}\`` : first}`);
    for (const way of others) section.detail(way);
  });
}

function printNeeds({ libraries, toCompile }: ExpectedNeeds, where: string, section: Section) {
  for (const { names, gems, package: owner, present } of libraries) {
    const from = owner === undefined ? "" : ` (package \`${owner}\`)`;
    const want = names.map((name) => `\`${name}\``).join(" or ");
    section.say(
      `The run image must have ${want}${from}, needed by ${gems.join(", ")} (${presence(present, where)})`,
    );
  }
  for (const { package: name, gems, present } of toCompile) {
    section.say(
      `The build image must have the package \`${name}\` to compile ${gems.join(", ")} (${presence(present, where)})`,
    );
  }
}

function presence(present: boolean | undefined, where: string): string {
  if (present === undefined) return `it is not known whether it is ${where}`;
  return `${present ? "it is" : "not"} ${where}`;
}

function missingPackages({ libraries, toCompile }: ExpectedNeeds): string[] {
  const names = [
    ...libraries.filter(({ present }) => !present).map(({ package: owner }) => owner),
    ...toCompile.filter(({ present }) => present !== true).map(({ package: name }) => name),
  ];
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
