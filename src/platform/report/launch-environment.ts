import type { EnvModification } from "../../cnb/layers/env-modification.ts";
import { readLayerEnv } from "../../cnb/layers/layer-env.ts";
import { redact } from "../../output/redact.ts";
import type { ReportedLayer, ReportedVariable } from "./build-report.ts";

/** Names of variables whose values do not belong into a report. */
const secretName = /SECRET|PASSW|TOKEN|CREDENTIAL|KEY|AUTH|_DSN$|DATABASE_URL/i;

/**
 * What the launch layers of a build set for the running app.
 *
 * @param directoryOf - where a layer is.
 */
export async function launchEnvironment(
  layers: readonly ReportedLayer[],
  directoryOf: (layer: ReportedLayer) => string,
): Promise<ReportedVariable[]> {
  const variables: ReportedVariable[] = [];
  for (const layer of layers) {
    const { types, fate, buildpack, name } = layer;
    if (!types.launch || fate === "removed" || fate === "temporary") continue;
    for (const modification of await readLayerEnv(directoryOf(layer))) {
      if (modification.scope === "build") continue;
      variables.push(reportedVariable(modification, { buildpack, layer: name }));
    }
  }
  return variables;
}

/** A variable as reports show it: without its value if that may be a secret. */
export function reportedVariable(
  { name, value, behavior, scope }: EnvModification,
  from: { buildpack: string; layer: string },
): ReportedVariable {
  return {
    name,
    ...(secretName.test(name) ? {} : { value: redact(value) }),
    behavior,
    ...(typeof scope === "object" ? { process: scope.process } : {}),
    ...from,
  };
}
