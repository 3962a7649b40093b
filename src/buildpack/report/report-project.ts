import { join } from "node:path";
import type { BuildContext } from "../build-context.ts";
import { parseBundleConfig } from "../../ruby/bundle-config.ts";
import { isFile } from "../../system/files.ts";
import { gemCredentials } from "../gems/gem-credentials.ts";
import { childEnvironment } from "../environment/child-environment.ts";
import type { Project } from "../project/read-project.ts";

/** Warns of what the app or its environment says that this build does not follow. */
export async function reportProject(context: BuildContext, project: Project): Promise<void> {
  await tellPlace(context, project);
  const warnings = [
    ...(await passedOverFiles(context, project)),
    ...ignoredLines(project),
    ...leftOutSettings(project),
    ...withheldVariables(context),
    ...ignoredBindings(context),
  ];
  if (warnings.length === 0) return;
  await context.printer.section("What this build does not follow", async (section) => {
    section.warn(...warnings);
  });
}

async function tellPlace(context: BuildContext, project: Project): Promise<void> {
  const { BUNDLE_GEMFILE } = context.input.platform.env;
  const { path, gemfile, lockfile } = project;
  if (path === "" && !BUNDLE_GEMFILE?.trim()) return;
  await context.printer.section("Project", async (section) => {
    if (path !== "") section.say(`In \`${path}\`, as \`BP_RUBY_PROJECT_PATH\` says`);
    const source = BUNDLE_GEMFILE?.trim() ? ", as `BUNDLE_GEMFILE` says" : "";
    section.say(`Gems from \`${gemfile}\` and \`${lockfile}\`${source}`);
  });
}

async function passedOverFiles(context: BuildContext, project: Project): Promise<string[]> {
  const { passedOver, path, gemfile, lockfile } = project;
  const warnings: string[] = [];
  if (passedOver !== undefined) {
    warnings.push(
      `${passedOver} does not count beside ${gemfile} and ${lockfile}, which Bundler takes first.`,
    );
  }
  if (path !== "" && (await isFile(join(context.input.appDir, "Procfile")))) {
    warnings.push(`Procfile of the whole app is ignored: that of ${path} counts.`);
  }
  return warnings;
}

function ignoredLines({ ignored, lockfile }: Project): string[] {
  const lines = ignored.map(({ line, why }) => `${lockfile} line ${line} is ignored: ${why}.`);
  const more = lines.length - shownLines;
  if (more <= 0) return lines;
  return [...lines.slice(0, shownLines), `${lockfile}: ${more} more lines are ignored.`];
}

const shownLines = 10;

function leftOutSettings({ bundleConfig }: Project): string[] {
  const { leftOut, unread } = parseBundleConfig(bundleConfig ?? "");
  return [
    ...leftOut.map((name) => `.bundle/config: ${name} is left out; the buildpack decides it.`),
    ...unread.map((line) => `.bundle/config: \`${line.trim()}\` is not a setting.`),
  ];
}

function withheldVariables({ input, env }: BuildContext): string[] {
  const found = childEnvironment({ ...env, ...input.platform.env }).withheld;
  // That one is followed, if in our own way.
  const withheld = found.filter((name) => name !== "BUNDLE_GEMFILE");
  if (withheld.length === 0) return [];
  return [
    `${withheld.join(", ")} could put another Ruby or other gems in place of the app's: not passed on to any command of this build.`,
  ];
}

function ignoredBindings({ input }: BuildContext): string[] {
  const { bindings, ignoredBindings } = input.platform;
  const ignored = [...ignoredBindings, ...gemCredentials(bindings).ignored];
  return ignored.map(({ name, because }) => `Binding ${name} is left out: ${because}.`);
}
