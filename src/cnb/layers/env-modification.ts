export type Env = Readonly<Record<string, string>>;

export type EnvPhase = "build" | "launch";

/** When a variable is changed: at build and launch, only at one of them, or only for one process type. */
export type EnvScope = "all" | "build" | "launch" | { process: string };

/** The spec's terms. `default` also applies if the variable is set but empty. */
export type ModificationBehavior = "override" | "append" | "prepend" | "default";

/** One file in an environment directory of a layer. */
export interface EnvModification {
  scope: EnvScope;
  name: string;
  behavior: ModificationBehavior;
  /** Used unchanged: no newline is added or removed, and nothing is expanded. Bytes are as in `textOfBytes`. */
  value: string;
  /** The separator between this value and others of the variable. Without it there is none. */
  delim?: string;
  /** An override whose file has no suffix: it is sorted, and so applied, before all others. */
  unsuffixed?: boolean;
}

/** Environment Variable Modification Rules: `env`, then `env.<phase>`, then that of the process. */
export function applyEnvModifications(
  env: Env,
  modifications: readonly EnvModification[],
  phase: EnvPhase,
  processType?: string,
): Record<string, string> {
  const result = { ...env };
  const inScope = (wanted: EnvScope) =>
    modifications.filter(({ scope }) => scopeKey(scope) === scopeKey(wanted));
  const directories = [inScope("all"), inScope(phase)];
  if (phase === "launch" && processType) directories.push(inScope({ process: processType }));
  for (const directory of directories) {
    for (const modification of directory.toSorted(byFileName)) {
      result[modification.name] = modified(
        result[modification.name] ?? "",
        modification,
        directory,
      );
    }
  }
  return result;
}

function modified(
  current: string,
  { name, behavior, value }: EnvModification,
  directory: readonly EnvModification[],
): string {
  if (behavior === "override" || current === "") return value;
  if (behavior === "default") return current;
  // A delimiter belongs to a variable in a directory, not to one modification.
  const delims = directory.filter((other) => other.name === name).map(({ delim }) => delim);
  const delim = delims.find((text) => text !== undefined) ?? "";
  return behavior === "append" ? current + delim + value : value + delim + current;
}

function byFileName(a: EnvModification, b: EnvModification): number {
  const [left, right] = [fileName(a), fileName(b)];
  return left < right ? -1 : Number(left > right);
}

function fileName({ name, behavior, unsuffixed }: EnvModification): string {
  return unsuffixed ? name : `${name}.${behavior}`;
}

function scopeKey(scope: EnvScope): string {
  return typeof scope === "object" ? `process ${scope.process}` : scope;
}
