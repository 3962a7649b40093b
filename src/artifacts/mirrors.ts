import type { Binding } from "../cnb/bindings.ts";
import { BuildpackError } from "../failure.ts";
import { type MirrorValue, readMirrorValue } from "./mirror-value.ts";

/** A mirror's URL, and where it is configured. */
export interface Mirror {
  url: string;
  source: string;
}

interface ConfiguredMirror extends MirrorValue {
  source: string;
}

/** Where artifacts are downloaded from instead of their upstream hosts. */
export interface Mirrors {
  /** By SHA-256 in lower case. The URL is that of the file. */
  byChecksum: ReadonlyMap<string, ConfiguredMirror>;
  /** By host, written as in a variable's name. The URL replaces the host. */
  byHost: ReadonlyMap<string, ConfiguredMirror>;
  fallback: ConfiguredMirror | undefined;
}

/**
 * Reads the mirrors in the environment (`BP_DEPENDENCY_MIRROR`, `BP_DEPENDENCY_MIRROR_<HOST>`) and in bindings
 * (type `dependency-mirror` with the keys `default` or a host; type `dependency-mapping` with SHA-256s as
 * keys, or `sha256_` and a SHA-256, because Kubernetes allows no colon), in the format of Paketo's buildpacks. The
 * environment wins over bindings.
 *
 * @throws BuildpackError `artifact/mirror-invalid` for a URL that is not `https:`, `http:` or `file:`.
 */
export function readMirrors(
  env: Readonly<Record<string, string>>,
  bindings: readonly Pick<Binding, "type" | "secrets">[],
): Mirrors {
  const byHost = new Map<string, ConfiguredMirror>();
  for (const [key, mirror] of mirrorsBoundAs("dependency-mirror", bindings)) {
    byHost.set(hostKey(key), mirror);
  }
  for (const [name, url] of Object.entries(env)) {
    const key = mirrorVariable.exec(name)?.[1];
    if (key && url) byHost.set(key.toUpperCase(), checked(url, name));
  }
  const bound = byHost.get("DEFAULT");
  byHost.delete("DEFAULT");
  const direct = env["BP_DEPENDENCY_MIRROR"];
  return {
    byChecksum: new Map(mirrorsBoundAs("dependency-mapping", bindings).map(byBareChecksum)),
    byHost,
    fallback: direct ? checked(direct, "BP_DEPENDENCY_MIRROR") : bound,
  };
}

/**
 * The URL of an artifact on a mirror, if there is a mirror for it. A `dependency-mapping` names the file
 * itself. Other mirrors replace the artifact's host: the path is appended, and `{originalHost}` is replaced
 * by the host's name. A `skip-path` is removed from the path first. `file:` URLs are never mirrored.
 */
export function mirrorFor(
  artifact: { url: string; sha256: string | undefined },
  mirrors: Mirrors,
): Mirror | undefined {
  const mapped = mirrors.byChecksum.get(artifact.sha256 ?? "");
  if (mapped) return { url: mapped.url, source: mapped.source };
  const upstream = new URL(artifact.url);
  if (upstream.protocol === "file:") return undefined;
  const mirror = mirrors.byHost.get(hostKey(upstream.hostname)) ?? mirrors.fallback;
  return mirror && { url: mirrored(upstream, mirror), source: mirror.source };
}

const mirrorVariable = /^BP_DEPENDENCY_MIRROR_(.+)$/;

/** A host as in a variable's name: upper case, with `_` for dots and `__` for dashes. */
function hostKey(host: string): string {
  return host.trim().replaceAll("-", "__").replaceAll(".", "_").toUpperCase();
}

function mirrored(upstream: URL, { url, skipPath }: MirrorValue): string {
  const base = url.replaceAll("{originalHost}", upstream.hostname).replace(/\/+$/, "");
  const skipped = upstream.pathname.startsWith(skipPath) ? skipPath.length : 0;
  const path = upstream.pathname.slice(skipped).replace(/^\/*/, "/");
  return `${base}${path}${upstream.search}`;
}

function byBareChecksum([key, mirror]: [string, ConfiguredMirror]): [string, ConfiguredMirror] {
  return [
    key
      .trim()
      .toLowerCase()
      .replace(/^sha256[:_]/, ""),
    mirror,
  ];
}

function mirrorsBoundAs(
  type: string,
  bindings: readonly Pick<Binding, "type" | "secrets">[],
): [string, ConfiguredMirror][] {
  return bindings
    .filter((binding) => binding.type.toLowerCase() === type)
    .flatMap((binding) => Array.from(binding.secrets))
    .map(([key, url]) => [key, checked(url, `binding ${type}, key ${key}`)]);
}

function checked(value: string, source: string): ConfiguredMirror {
  const read = readMirrorValue(value);
  if (read) return { ...read, source };
  throw new BuildpackError({ code: "artifact/mirror-invalid", source, url: value.trim() });
}
