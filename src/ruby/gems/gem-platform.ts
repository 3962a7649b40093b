/** A platform that gems are built for, such as `x86_64-linux-musl`. Missing parts are `undefined`. */
export interface NativePlatform {
  cpu: string | undefined;
  os: string;
  version: string | undefined;
}

/** `ruby` is the platform of gems that can be installed anywhere. */
export type GemPlatform = "ruby" | NativePlatform;

/** Reads a platform's name as Gem::Platform.new does. The system of an unknown name is `unknown`. */
export function parseGemPlatform(name: string): GemPlatform {
  if (name === "ruby" || name === "") return "ruby";
  const [cpu, os] = splitName(name);
  if (os === undefined) return legacyPlatform(systemOf(cpu));
  return { cpu: /i[0-9]86/.test(cpu) ? "x86" : cpu, ...systemOf(os) };
}

/** RubyGems' name of a platform (Gem::Platform#to_s). */
export function platformName(platform: GemPlatform): string {
  if (platform === "ruby") return "ruby";
  const { cpu, os, version } = platform;
  const parts = [cpu, os, version].filter((part) => part !== undefined);
  return parts.join(cpu === undefined ? "" : "-");
}

/**
 * Whether a gem for `lockPlatform` can be installed on the platform `local` (Gem::Platform.match_platforms?):
 * `ruby` matches any platform, `x86_64-linux` any Linux on that processor, `x86_64-linux-gnu` only glibc,
 * and `x86_64-linux-musl` only musl.
 */
export function platformMatches(lockPlatform: string, local: string): boolean {
  const platform = parseGemPlatform(lockPlatform);
  if (platform === "ruby") return true;
  const machine = parseGemPlatform(local);
  return machine !== "ruby" && suits(platform, machine);
}

function splitName(name: string): [cpu: string, os: string | undefined] {
  let end = name.length;
  while (name[end - 1] === "-") end--;
  const dash = name.slice(0, end).indexOf("-");
  return dash < 0
    ? [name.slice(0, end), undefined]
    : [name.slice(0, dash), name.slice(dash + 1, end)];
}

// Old names, such as JRuby's, have no processor. Only mswin32 implies one.
function legacyPlatform(system: System): NativePlatform {
  const x86 = system.os.startsWith("mswin") && system.os.endsWith("32");
  return { cpu: x86 ? "x86" : undefined, ...system };
}

type System = Pick<NativePlatform, "os" | "version">;

// In RubyGems' order: the first match wins.
const systems: readonly (readonly [RegExp, os?: string])[] = [
  [/aix-?([0-9]+)?/, "aix"],
  [/cygwin/, "cygwin"],
  [/darwin-?([0-9]+)?/, "darwin"],
  [/^macruby-?([0-9]+(?:\.[0-9]+)*)?/, "macruby"],
  [/freebsd-?([0-9]+)?/, "freebsd"],
  [/^jruby$/, "java"],
  [/^java-?([0-9]+(?:\.[0-9]+)*)?/, "java"],
  [/^dalvik-?([0-9]+)?$/, "dalvik"],
  [/^dotnet-?([0-9]+(?:\.[0-9]+)*)?/, "dotnet"],
  [/linux-?(\w+)?/, "linux"],
  [/mingw32/, "mingw32"],
  [/mingw-?(\w+)?/, "mingw"],
  [/(?<os>mswin[0-9]+)(?:[_-]([0-9]+))?/],
  [/netbsdelf/, "netbsdelf"],
  [/openbsd-?([0-9]+\.[0-9]+)?/, "openbsd"],
  [/solaris-?([0-9]+\.[0-9]+)?/, "solaris"],
  [/wasi/, "wasi"],
  [/^(?<os>\w+_platform)-?([0-9]+)?/],
];

function systemOf(text: string): System {
  for (const [pattern, os] of systems) {
    const match = pattern.exec(text);
    if (!match) continue;
    return os === undefined
      ? { os: match.groups?.["os"] ?? "unknown", version: match[2] }
      : { os, version: match[1] };
  }
  return { os: "unknown", version: undefined };
}

function suits(platform: NativePlatform, machine: NativePlatform): boolean {
  if (universalMingw(platform, machine)) return true;
  return (
    sameCpu(platform.cpu, machine.cpu) &&
    platform.os === machine.os &&
    (platform.os === "linux" ? sameLibc(platform, machine) : sameRelease(platform, machine))
  );
}

function universalMingw(a: NativePlatform, b: NativePlatform): boolean {
  const universal = a.cpu === "universal" || b.cpu === "universal";
  return universal && a.os.startsWith("mingw") && b.os.startsWith("mingw");
}

function sameCpu(platform: string | undefined, machine: string | undefined): boolean {
  if (platform === undefined || platform === "universal") return true;
  if (machine === undefined || machine === "universal") return true;
  return platform === machine || (platform === "arm" && machine.startsWith("armv"));
}

function sameRelease(a: NativePlatform, b: NativePlatform): boolean {
  return a.version === undefined || b.version === undefined || a.version === b.version;
}

// No C library means glibc for a machine, and any for a gem (also in `arm-linux-eabihf`).
function sameLibc(platform: NativePlatform, machine: NativePlatform): boolean {
  if (libcOf(platform.version) === libcOf(machine.version)) return true;
  if (platform.version === machine.version) return true;
  const version = platform.version ?? "";
  return ["musl", "musleabi", "musleabihf"].some((musl) => `${musl}${version}` === machine.version);
}

function libcOf(version: string | undefined): string | undefined {
  return version?.replace(/^gnu/, "").replace(/eabi(?:hf)?$/, "") || undefined;
}
