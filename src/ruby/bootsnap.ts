import { compareGemVersions } from "./gem-version.ts";

/** Where bootsnap looks for compiled code unless the app says otherwise, relative to the app. */
export const bootsnapCache = "tmp/cache";

/** Whether this bootsnap has a command that compiles gems and app before the app starts. */
export function canPrecompile(bootsnapVersion: string): boolean {
  // Before it, the command knew neither YAML nor more than one processor, and another directory.
  return compareGemVersions(bootsnapVersion, "1.6.0") >= 0;
}

/** An entry of an app's directory. */
export interface AppEntry {
  name: string;
  isDirectory: boolean;
}

/**
 * Chooses what of an app bootsnap is to compile: directories that may hold code which the app loads
 * when it starts, and Ruby files beside them; sorted. Which of them it loads, only running it tells.
 */
export function sourcesOfCode(entries: readonly AppEntry[]): string[] {
  return entries
    .filter(({ name, isDirectory }) =>
      isDirectory ? !name.startsWith(".") && !neverLoaded.has(name) : name.endsWith(".rb"),
    )
    .map(({ name }) => name)
    .sort();
}

const neverLoaded = new Set([
  "coverage",
  "db",
  "doc",
  "features",
  "log",
  "node_modules",
  "public",
  "spec",
  "storage",
  "test",
  "tmp",
  "vendor",
]);

/**
 * A pattern for `bootsnap precompile --exclude` that matches everything in the app but not the
 * layers, also where a platform keeps these inside the app.
 */
export function patternOfApp(appDir: string, layersDir: string): string {
  return `^(?!${escapePattern(layersDir)}/)${escapePattern(appDir)}/`;
}

function escapePattern(text: string): string {
  return text.replace(/[^\w/]/g, "\\$&");
}
