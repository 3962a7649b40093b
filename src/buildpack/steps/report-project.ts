import type { BuildContext } from "./build-context.ts";
import { parseBundleConfig } from "../../ruby/bundle-config.ts";
import { childEnvironment } from "./child-environment.ts";
import type { Project } from "./read-project.ts";

/** Warns of what the app or its environment says that this build does not follow. */
export async function reportProject(context: BuildContext, project: Project): Promise<void> {
  const warnings = [
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
  const { withheld } = childEnvironment({ ...env, ...input.platform.env });
  if (withheld.length === 0) return [];
  return [
    `${withheld.join(", ")} could put another Ruby or other gems in place of the app's: not passed on to any command of this build.`,
  ];
}

function ignoredBindings({ input }: BuildContext): string[] {
  const { ignoredBindings } = input.platform;
  return ignoredBindings.map(({ name, because }) => `Binding ${name} is left out: ${because}.`);
}
