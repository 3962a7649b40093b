import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { parse } from "smol-toml";
import { readTarget, type Target } from "../../../../src/cnb/target.ts";
import { allowedEnv } from "../../../../src/platform/lifecycle/buildpack-environment.ts";
import {
  type Buildpack,
  readBuildpacks,
} from "../../../../src/platform/lifecycle/buildpack-store.ts";
import { detect, type Detected } from "../../../../src/platform/lifecycle/detect.ts";
import { checkOrder } from "../../../../src/platform/lifecycle/order.ts";
import { lifecycleToml } from "../../../../src/platform/lifecycle/lifecycle-toml.ts";
import type { ChangedEntry, Step, Story } from "../story.ts";
import { execEnvOf, phaseContext, type Round, stepEnvironment } from "./round.ts";
import { readOrder } from "./read-order.ts";

/** Detects, and says what `group.toml` and `plan.toml` would hold. */
export async function detectStep(round: Round, step: Step): Promise<Record<string, ChangedEntry>> {
  round.target ??= await targetOf(round.story);
  const context = { ...phaseContext(round, step), ...sourcesOf(round, step) };
  const order = await readOrder("/cnb/order.toml");
  const buildpacks = await readBuildpacks(await buildpackDirectories(), order);
  checkOrder(order, buildpacks);
  round.detected = await detect({ ...context, order, buildpacks });
  return {
    "/layers/group.toml": { type: "file", text: groupToml(round.detected) },
    "/layers/plan.toml": { type: "file", text: planToml(round.detected) },
  };
}

/** What buildpacks see of the image, the user and the operator. */
export function sourcesOf(round: Round, step: Step) {
  const buildConfig = "/cnb/build-config";
  return {
    baseEnv: allowedEnv(stepEnvironment(round, step)),
    sources: {
      userEnv: round.userEnv,
      target: round.target ?? { os: "linux", arch: "amd64" },
      execEnv: execEnvOf(step),
      ...(existsSync(buildConfig) ? { buildConfig } : {}),
    },
  };
}

async function buildpackDirectories(): Promise<string[]> {
  const root = "/cnb/buildpacks";
  const directories: string[] = [];
  for (const id of (await readdir(root).catch(() => [])).sort()) {
    const versions = (await readdir(`${root}/${id}`)).sort();
    directories.push(...versions.map((version) => `${root}/${id}/${version}`));
  }
  return directories;
}

interface AnalyzedRunImage {
  target?: {
    os?: string;
    arch?: string;
    "arch-variant"?: string;
    distro?: { name?: string; version?: string };
  };
}

/** As of every target, what is not known of the run image is taken from the build image. */
async function targetOf({ analyzed = "" }: Story): Promise<Target> {
  const { "run-image": runImage } = parse(analyzed) as { "run-image"?: AnalyzedRunImage };
  const {
    os = "linux",
    arch = "amd64",
    distro,
    "arch-variant": archVariant,
  } = runImage?.target ?? {};
  return {
    ...(await readTarget({}, { root: "/" })),
    ...{ os, arch },
    ...(archVariant === undefined ? {} : { archVariant }),
    ...(distro ? { distro: { name: distro.name ?? "", version: distro.version ?? "" } } : {}),
  };
}

function groupToml({ group }: Detected): string {
  const elements = group.map(({ id, version, descriptor }) => {
    const { homepage } = descriptor.buildpack;
    return { id, version, api: descriptor.api, ...(homepage ? { homepage } : {}) };
  });
  return lifecycleToml({ group: elements });
}

function planToml({ group, entries }: Detected): string {
  const versionOf = (id: string) => group.find((one: Buildpack) => one.id === id)?.version ?? "";
  const named = entries.map(({ providers, requires, name }) => ({
    name,
    providers: providers.map((id) => ({ id, version: versionOf(id) })),
    requires,
  }));
  const sorted = named.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (sorted.length === 0) return "";
  return lifecycleToml({ entries: sorted.map(({ name: _name, ...entry }) => entry) });
}
