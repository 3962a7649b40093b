import { compareGemVersions } from "./gems/gem-version.ts";

/** bootsnap's default cache directory, relative to the app. */
export const bootsnapCache = "tmp/cache";

/** Whether this version of bootsnap has a command that compiles code in advance. */
export function canPrecompile(bootsnapVersion: string): boolean {
  // Older versions do not compile YAML, use one processor, and have another cache directory.
  return compareGemVersions(bootsnapVersion, "1.6.0") >= 0;
}

/** An entry of an app's directory. */
export interface AppEntry {
  name: string;
  isDirectory: boolean;
}

/**
 * The parts of an app that bootsnap compiles: directories that may contain code, and Ruby files in the
 * app's root; sorted.
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
 * A pattern for `bootsnap precompile --exclude` that matches everything in the app, but not the layers, which
 * some platforms keep in the app.
 */
export function patternOfApp(appDir: string, layersDir: string): string {
  return `^(?!${escapePattern(layersDir)}/)${escapePattern(appDir)}/`;
}

/**
 * A pattern for `--exclude` that matches code that bootsnap never loads in a server: RubyGems and Bundler are loaded
 * before it, and the others only by commands.
 */
export function patternOfUnused({ ruby, bundler }: { ruby: string; bundler?: string | undefined }) {
  const parts = [
    `^${escapePattern(ruby)}/lib/ruby/[^/]+/(?:bundler|irb|rdoc|rubygems|syntax_suggest)/`,
    ...(bundler === undefined ? [] : [`^${escapePattern(bundler)}/`]),
    "/lib/(?:[^/]+/)*generators/",
  ];
  return parts.join("|");
}

function escapePattern(text: string): string {
  return text.replace(/[^\w/]/g, "\\$&");
}
