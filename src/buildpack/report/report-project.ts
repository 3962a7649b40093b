import { join } from "node:path";
import type { BuildContext } from "../build-context.ts";
import { parseBundleConfig } from "../../ruby/bundle-config.ts";
import { isDirectory, isFile } from "../../system/files.ts";
import { gemCredentials } from "../gems/gems.ts";
import { buildEnvironment } from "../environment/environment.ts";
import type { Project } from "../project/project.ts";

/** Prints where the project is, and warns about files, settings and variables that are ignored. */
export async function reportProject(context: BuildContext, project: Project): Promise<void> {
  await printPlace(context, project);
  const warnings = [
    ...(await passedOverFiles(context, project)),
    ...(await unwantedFiles(project)),
    ...gemsOverSsh(project),
    ...ignoredLines(project),
    ...leftOutSettings(project),
    ...withheldVariables(context),
    ...ignoredBindings(context),
  ];
  if (warnings.length === 0) return;
  await context.printer.section("Warnings", async (section) => {
    for (const warning of warnings) section.warn(warning);
  });
}

async function printPlace(context: BuildContext, project: Project): Promise<void> {
  const { BUNDLE_GEMFILE } = context.input.platform.env;
  const { path, gemfile, lockfile } = project;
  if (path === "" && !BUNDLE_GEMFILE?.trim()) return;
  await context.printer.section("Project", async (section) => {
    if (path !== "") section.say(`In \`${path}\` (\`BP_RUBY_PROJECT_PATH\`)`);
    const source = BUNDLE_GEMFILE?.trim() ? " (`BUNDLE_GEMFILE`)" : "";
    section.say(`Gems from \`${gemfile}\` and \`${lockfile}\`${source}`);
  });
}

async function passedOverFiles(context: BuildContext, project: Project): Promise<string[]> {
  const { passedOver, path, gemfile, lockfile } = project;
  const warnings: string[] = [];
  if (passedOver !== undefined) {
    warnings.push(`Ignored ${passedOver}: Bundler uses ${gemfile} and ${lockfile}.`);
  }
  if (path !== "" && (await isFile(join(context.input.appDir, "Procfile")))) {
    warnings.push(
      `Ignored the Procfile in the app's root: the project is in ${path} (BP_RUBY_PROJECT_PATH). Move the Procfile there.`,
    );
  }
  return warnings;
}

async function unwantedFiles({ dir }: Project): Promise<string[]> {
  const warnings: string[] = [];
  if (await isFile(join(dir, "config/master.key"))) {
    warnings.push(
      "config/master.key is in the source, so everybody who can pull the image can read it. Remove it, and set RAILS_MASTER_KEY where the app runs.",
    );
  }
  if (await isDirectory(join(dir, "vendor/bundle"))) {
    warnings.push(
      "vendor/bundle is in the source. The build does not use it: it installs gems into a layer. Remove it from the repository.",
    );
  }
  return warnings;
}

// `git@HOST:PATH` or `ssh://…`
function gemsOverSsh({ locked }: Project): string[] {
  return locked.specs.flatMap(({ name, source }) => {
    if (source.kind !== "git" || !/^(ssh:\/\/|[^/:]+@[^/:]+:)/.test(source.remote)) return [];
    return `git downloads ${name} from ${source.remote} over SSH, for which the build needs a key. Without one, use https:// in the Gemfile, and BUNDLE_<HOST>=user:token in the build's environment.`;
  });
}

function ignoredLines({ ignored, lockfile }: Project): string[] {
  const lines = ignored.map(({ line, why }) => `Ignored line ${line} of ${lockfile}: ${why}.`);
  const more = lines.length - shownLines;
  if (more <= 0) return lines;
  return [...lines.slice(0, shownLines), `Ignored ${more} more lines of ${lockfile}.`];
}

const shownLines = 10;

function leftOutSettings({ bundleConfig }: Project): string[] {
  const { leftOut, unread } = parseBundleConfig(bundleConfig ?? "");
  return [
    ...leftOut.map((name) => `Ignored ${name} in .bundle/config: the buildpack sets it.`),
    ...unread.map((line) => `Ignored \`${line.trim()}\` in .bundle/config: it is not a setting.`),
  ];
}

function withheldVariables(context: BuildContext): string[] {
  const found = buildEnvironment(context).withheld;
  // The build uses this one, although commands get a value of ours.
  const withheld = found.filter((name) => name !== "BUNDLE_GEMFILE");
  if (withheld.length === 0) return [];
  return [
    `Ignored ${withheld.join(", ")}, which could make the build use another Ruby or other gems.`,
  ];
}

function ignoredBindings({ input }: BuildContext): string[] {
  const { bindings, ignoredBindings } = input.platform;
  const ignored = [...ignoredBindings, ...gemCredentials(bindings).ignored];
  return ignored.map(({ name, because }) => `Ignored the binding ${name}: ${because}.`);
}
