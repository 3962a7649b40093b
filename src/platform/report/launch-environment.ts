import type { EnvModification } from "../../cnb/layers/env-modification.ts";
import { readLayerEnv } from "../../cnb/layers/layer-env.ts";
import { BuildpackError } from "../../failure.ts";
import { redact } from "../../output/redact.ts";
import type { ReportedVariable } from "./build-report.ts";

/** Names of variables whose values do not belong into a report. */
const secretName = /SECRET|PASSW|TOKEN|CREDENTIAL|KEY|AUTH|_DSN$|DATABASE_URL/i;

/** A launch layer, and where it is on this machine. */
export interface LayerPlace {
  buildpack: string;
  layer: string;
  directory: string;
}

/** What launch layers set for the running app. A layer with a symbolic link in its environment directories is left out. */
export async function launchEnvironment(
  layers: readonly LayerPlace[],
): Promise<ReportedVariable[]> {
  const variables: ReportedVariable[] = [];
  for (const { buildpack, layer, directory } of layers) {
    for (const modification of await readLayerEnv(directory).catch(noneBehindLink)) {
      if (modification.scope === "build") continue;
      variables.push(reportedVariable(modification, { buildpack, layer }));
    }
  }
  return variables;
}

/** Layers of an older image may have links there. A report is no reason for a build to fail. */
function noneBehindLink(error: unknown): EnvModification[] {
  if (error instanceof BuildpackError) return [];
  throw error;
}

/** A variable as reports show it: without its value if that may be a secret. */
function reportedVariable(
  { name, value, behavior, scope }: EnvModification,
  from: { buildpack: string; layer: string },
): ReportedVariable {
  const shown = shownValue(name, value);
  return {
    name,
    ...(shown === undefined ? {} : { value: shown }),
    behavior,
    ...(typeof scope === "object" ? { process: scope.process } : {}),
    ...from,
  };
}

/** The value of a variable as reports show it: none if it may be a secret. */
export function shownValue(name: string, value: string): string | undefined {
  return secretName.test(name) ? undefined : redact(value.toWellFormed());
}
