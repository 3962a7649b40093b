import { MalformedLockfile } from "./line.ts";

export interface GemSource {
  kind: "gem";
  /** In the lockfile's order; credentials are never locked. */
  remotes: readonly string[];
}

export interface GitSource {
  kind: "git";
  remote: string;
  revision?: string;
  ref?: string;
  branch?: string;
  tag?: string;
  glob?: string;
  submodules: boolean;
}

export interface PathSource {
  kind: "path";
  /** Relative to the lockfile's directory, where it is not absolute. */
  remote: string;
  glob?: string;
}

export interface PluginSource {
  kind: "plugin";
  /** The kind of source that a Bundler plugin knows. */
  type: string;
  remote: string;
  options: ReadonlyMap<string, string>;
}

/** Where locked gems come from. */
export type Source = GemSource | GitSource | PathSource | PluginSource;

export const sourceKinds = new Map<string, Source["kind"]>([
  ["GEM", "gem"],
  ["GIT", "git"],
  ["PATH", "path"],
  ["PLUGIN SOURCE", "plugin"],
]);

/** The options above `specs:`, each with every value that it was given. */
export type SourceOptions = Map<string, string[]>;

/**
 * Adds one option, as Bundler does: a second value is kept beside the first, unless that was
 * `false`. Returns why the value says nothing, where it does not.
 */
export function addOption(
  kind: Source["kind"],
  options: SourceOptions,
  key: string,
  value: string,
): string | undefined {
  const values = options.get(key);
  const repeated = values !== undefined && !isFalse(values);
  if (repeated) values.push(value);
  else options.set(key, [value]);
  if (repeated && !(kind === "gem" && key === "remote")) return `\`${key}\` was given before`;
  const known = knownOptions[kind];
  return known && !known.includes(key) ? `a ${kind} source has no option \`${key}\`` : undefined;
}

/**
 * Makes a source of its options, of which `remote` is used up.
 *
 * @throws MalformedLockfile where Bundler cannot use them.
 */
export function makeSource(kind: Source["kind"], options: SourceOptions, line: number): Source {
  const remotes = options.get("remote") ?? [];
  if (kind !== "plugin") options.delete("remote");
  if (kind === "gem") return { kind, remotes: remotes.map((remote) => gemServer(remote, line)) };
  if (kind === "plugin") return { kind, ...pluginOptions(options) };
  const remote = onlyRemote(remotes, line);
  if (kind === "git") return { kind, remote, ...gitOptions(options) };
  return { kind, remote, ...textOption(options, "glob") };
}

const knownOptions: Record<Source["kind"], readonly string[] | undefined> = {
  gem: ["remote"],
  git: ["remote", "revision", "ref", "branch", "tag", "glob", "submodules"],
  path: ["remote", "glob"],
  // What a plugin understands is its own affair.
  plugin: undefined,
};

function isFalse(values: readonly string[]): boolean {
  return values.length === 1 && values[0] === "false";
}

function gemServer(remote: string, line: number): string {
  if (isAbsoluteUri(remote.endsWith("/") ? remote : `${remote}/`)) return remote;
  throw new MalformedLockfile(line, `the remote \`${remote}\` is no absolute URI`);
}

function onlyRemote(remotes: readonly string[], line: number): string {
  const [remote] = remotes;
  if (remote === undefined || isFalse(remotes)) return "";
  if (remotes.length > 1) throw new MalformedLockfile(line, "the source has two remotes");
  if (remote === "true") throw new MalformedLockfile(line, "the remote `true` is no place");
  if (remote.includes("\0")) throw new MalformedLockfile(line, "the remote holds a NUL character");
  return remote;
}

function gitOptions(options: SourceOptions): Omit<GitSource, "kind" | "remote"> {
  const submodules = options.get("submodules");
  return {
    ...textOption(options, "revision"),
    ...textOption(options, "ref"),
    ...textOption(options, "branch"),
    ...textOption(options, "tag"),
    ...textOption(options, "glob"),
    submodules: submodules !== undefined && !isFalse(submodules),
  };
}

function textOption<Key extends string>(
  options: SourceOptions,
  key: Key,
): Partial<Record<Key, string>> {
  const values = options.get(key);
  if (values === undefined || isFalse(values)) return {};
  return { [key]: values[0] } as Partial<Record<Key, string>>;
}

function pluginOptions(options: SourceOptions): Omit<PluginSource, "kind"> {
  const rest = new Map([...options].map(([key, [value = ""]]) => [key, value]));
  const [type = "", remote = ""] = [rest.get("type"), rest.get("remote")];
  rest.delete("type");
  rest.delete("remote");
  return { type, remote, options: rest };
}

const segment = String.raw`(?:%[0-9A-Fa-f]{2}|[!$&-.0-9:;=@A-Z_a-z~/])`;
const userinfo = String.raw`(?:%[0-9A-Fa-f]{2}|[!$&-.0-9:;=A-Z_a-z~])*@`;
const host = String.raw`(?:\[[0-9A-Fa-f:.]+\]|(?:%[0-9A-Fa-f]{2}|[!$&-.0-9;=A-Z_a-z~])*)`;
const end = String.raw`(?:\?[^#]*)?(?:#(?:%[0-9A-Fa-f]{2}|[!$&-.0-9:;=@A-Z_a-z~/?])*)?$`;
const withHost = new RegExp(
  `^[A-Za-z][A-Za-z0-9+.-]*://(?:${userinfo})?${host}(?::[0-9]*)?(?:/${segment}*)?${end}`,
);
const withoutHost = new RegExp(`^[A-Za-z][A-Za-z0-9+.-]*:(?!//)${segment}*${end}`);

// RFC 3986 as Ruby's URI reads it, in ASCII alone; HTTP needs a host.
function isAbsoluteUri(text: string): boolean {
  if (!/^[\0-\x7f]*$/.test(text)) return false;
  return withHost.test(text) || (!/^https?:/i.test(text) && withoutHost.test(text));
}
