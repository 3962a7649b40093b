import type {
  DirectDependency,
  GemfileLock,
  LockedChecksum,
} from "../../src/ruby/lockfile/gemfile-lock.ts";
import type { LockedDependency, LockedGem } from "../../src/ruby/lockfile/gemfile-lock.ts";
import type { Source } from "../../src/ruby/lockfile/source.ts";

/** All that a lockfile says, in the form in which scripts/lockfile-oracle.rb writes Bundler's view. */
export function fieldsOf(lockfile: GemfileLock): object {
  const specs = lockfile.specs.toSorted((a, b) => byBytes(fullName(a), fullName(b)));
  return {
    sources: lockfile.sources.map(sourceFields),
    specs: specs.map((spec) => specFields(spec, lockfile.sources)),
    platforms: lockfile.platforms,
    dependencies: lockfile.dependencies.map(directFields),
    rubyVersion: lockfile.rubyVersion ?? null,
    bundledWith: lockfile.bundledWith ?? null,
    checksums: checksumFields(lockfile.checksums),
  };
}

function sourceFields(source: Source): unknown[] {
  if (source.kind === "gem") return ["gem", source.remotes];
  if (source.kind === "path") return ["path", source.remote, source.glob ?? null];
  if (source.kind === "plugin") {
    return ["plugin", source.type, source.remote, sorted([...source.options])];
  }
  const { remote, revision, ref, branch, tag, glob, submodules } = source;
  const texts = [revision, ref, branch, tag, glob].map((text) => text ?? null);
  return ["git", remote, ...texts, submodules];
}

function specFields(spec: LockedGem, sources: readonly Source[]): unknown[] {
  const { name, version, platform, source } = spec;
  return [
    name,
    version,
    platform,
    sources.indexOf(source),
    spec.dependencies.map(dependencyFields),
  ];
}

function dependencyFields({ name, requirements }: LockedDependency): unknown[] {
  return [name, requirements];
}

function directFields(dependency: DirectDependency): unknown[] {
  return [...dependencyFields(dependency), dependency.pinned];
}

function checksumFields(checksums: readonly LockedChecksum[] | undefined): unknown {
  if (!checksums) return null;
  return sorted(
    checksums.map(({ name, version, platform, digests }) => {
      const suffix = platform === "ruby" ? "" : `-${platform}`;
      return [
        `${name} (${version}${suffix})`,
        sorted(digests.map(({ algorithm, digest }) => [algorithm, digest])),
      ];
    }),
  );
}

function fullName({ name, version, platform }: LockedGem): string {
  return platform === "ruby" ? `${name}-${version}` : `${name}-${version}-${platform}`;
}

function sorted<T extends readonly [string, unknown] | unknown[]>(pairs: readonly T[]): T[] {
  return pairs.toSorted((a, b) => byBytes(String(a[0]), String(b[0])));
}

// Ruby compares strings by their bytes.
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
