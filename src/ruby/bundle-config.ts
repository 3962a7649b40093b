/** An app's `.bundle/config`. */
export interface BundleConfig {
  /** Settings that the build uses, as Bundler's environment variables. */
  applied: Record<string, string>;
  /** Names of settings that the build ignores because it sets them itself. */
  leftOut: string[];
  /** Lines that are not settings. */
  unread: string[];
}

// Settings that decide where gems go, which ones are installed, and whether the lockfile may change.
const decidedByBuildpack = new Set(
  "APP_CONFIG BIN CLEAN DEPLOYMENT FROZEN GEMFILE ONLY PATH PATH__SYSTEM PATH_RELATIVE_TO_CWD SHEBANG SYSTEM_BINDIR USER_CONFIG USER_HOME WITH WITHOUT".split(
    " ",
  ),
);

/**
 * Reads the text of a `.bundle/config`: lines of `BUNDLE_KEY: "value"`. A value may also be a list of
 * `- item` lines, which are joined by `:` as Bundler does. Never throws.
 */
export function parseBundleConfig(text: string): BundleConfig {
  const config: BundleConfig = { applied: {}, leftOut: [], unread: [] };
  let listKey: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(#.*|---\s*)?$/.test(line)) continue;
    const item = /^\s*-\s+(.*)$/.exec(line);
    if (item && listKey !== undefined) {
      appendItem(config, listKey, unquote(item[1] ?? ""));
      continue;
    }
    const [, key, value = ""] = /^(BUNDLE_\S+):(?:\s+(.*))?$/.exec(line) ?? [];
    listKey = key !== undefined && isKey(key) ? key : undefined;
    if (listKey !== undefined) addSetting(config, listKey, unquote(value));
    else config.unread.push(line);
  }
  return config;
}

/** Whether a variable would override what the buildpack decides about the bundle. */
export function isDecidedByBuildpack(variable: string): boolean {
  return variable.startsWith("BUNDLE_") && decidedByBuildpack.has(variable.slice("BUNDLE_".length));
}

/** The variable of a Bundler setting: `BUNDLE_BUILD__NOKOGIRI` for `build.nokogiri`. */
export function settingVariable(key: string): string {
  return `BUNDLE_${key.replaceAll(".", "__").replaceAll("-", "___").toUpperCase()}`;
}

/**
 * The mirror that Bundler uses for the first of these gem servers that has one: the mirror for all servers,
 * or else that of the server, by its URL or by its host. The variable's name contains the URL or the host in capitals,
 * with `__` for a dot and `___` for a dash.
 */
export function bundlerMirror(
  env: Readonly<Record<string, string>>,
  remotes: readonly string[],
): string | undefined {
  if (env["BUNDLE_MIRROR__ALL"]) return env["BUNDLE_MIRROR__ALL"];
  const names = remotes.flatMap((remote) => {
    const byUrl = settingVariable(`mirror.${remote.replace(/\/+$/, "")}`);
    return [`${byUrl}/`, byUrl, settingVariable(`mirror.${URL.parse(remote)?.hostname ?? ""}`)];
  });
  return names.map((name) => env[name]).find((mirror) => mirror !== undefined && mirror !== "");
}

/** A key may be the URL of a mirror, with colons between its parts. */
function isKey(key: string): boolean {
  return !key.startsWith("BUNDLE_:") && !key.includes("::") && !key.endsWith(":");
}

function addSetting(config: BundleConfig, key: string, value: string): void {
  if (isDecidedByBuildpack(key)) config.leftOut.push(key);
  else if (value !== "") config.applied[key] = value;
}

function appendItem(config: BundleConfig, key: string, item: string): void {
  if (isDecidedByBuildpack(key)) return;
  const before = config.applied[key];
  config.applied[key] = before ? `${before}:${item}` : item;
}

function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(value.trim());
  return quoted ? (quoted[2] ?? "") : value.trim();
}
