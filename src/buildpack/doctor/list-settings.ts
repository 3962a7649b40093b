import { settings } from "../../settings.ts";
import type { Examination } from "./examination.ts";

/** The settings of the build, and where they come from. */
export async function listSettings({ context, facts, request }: Examination): Promise<void> {
  const { env, sourceOf, notPassed } = request;
  const names = Object.keys(env).filter((name) => name in settings || isOfBuild(name));
  const given = names.sort().map((name) => {
    return { name, value: env[name]?.trim() ?? "", source: sourceOf(name) };
  });
  const others = given.filter(({ name }) => !isOurs(name)).map(({ name }) => name);
  // Variables of other buildpacks may be secrets.
  facts.settings = given.filter(({ name }) => isOurs(name));
  await context.printer.section("Settings", async (section) => {
    for (const { name, value, source } of facts.settings ?? []) {
      section.say(`\`${name}=${value}\` from ${source}`);
    }
    if (others.length > 0) section.say(`Not settings of this buildpack: ${others.join(", ")}`);
    if (given.length === 0) section.say("None: the defaults apply (docs/configuration.md)");
    if (notPassed.length > 0) {
      section.say(`Set in your shell, but not passed to the build: ${notPassed.join(", ")}`);
      section.detail(`To pass one, use \`--env ${notPassed[0]}\``);
    }
  });
}

function isOfBuild(name: string): boolean {
  return name.startsWith("BP_");
}

function isOurs(name: string): boolean {
  return name in settings || /^BP_(DEPENDENCY_MIRROR|OCI)_./.test(name);
}
