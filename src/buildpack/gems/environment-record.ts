// The layer `gems-environment`: what the environment of the last `bundle install` was, without its values.
//
// Cache only. The metadata of a launch layer is a label of the image, and that of a cached layer a label of
// the cache image: anyone who reads a plain digest there can try passwords until one matches. So the
// metadata of this layer is empty, and a file contains a random key and the HMAC that is made with it.
//
//     record.json    {"key": "<64 hex digits>", "environment": "<64 hex digits>"}

import { createHmac, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { openLayer } from "../../cnb/layers/layer.ts";
import { readTextIfAny } from "../../system/files.ts";
import type { KeyedDigest } from "../installed.ts";
import { addParts } from "../../system/file-digest.ts";
import { parseJson } from "../../system/parse-json.ts";

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const recordSchema = z.object({ key: hex, environment: hex });

export interface EnvironmentRecord {
  digest: KeyedDigest;
  /** Why the environment is not known to be that of the last build; `undefined` if it is. */
  change: string | undefined;
  /** Stores the environment of this build. */
  commit: () => Promise<void>;
}

/** Compares the environment of `bundle install` with that of the last build. */
export async function openEnvironmentRecord(
  layersDir: string,
  variables: Readonly<Record<string, string>>,
  credentials: readonly string[],
): Promise<EnvironmentRecord> {
  const layer = await openLayer({
    layersDir,
    name: "gems-environment",
    types: { build: false, launch: false, cache: true },
    schema: z.object({}),
    keys: {},
    labels: {},
  });
  const path = join(layer.path, "record.json");
  const last = recordSchema.safeParse(parseJson(await readTextIfAny(path))).data;
  const key = last?.key ?? randomBytes(32).toString("hex");
  const digest = keyedDigest(key);
  const environment = digest(partsOf(variables, credentials));
  return {
    digest,
    change: changeSince(last?.environment, environment),
    commit: async () => {
      await writeFile(path, JSON.stringify({ key, environment }), { mode: 0o600 });
      await layer.commit({ metadata: {} });
    },
  };
}

/**
 * Variables that platforms set anew for each deployment. They name or describe a commit, and no gem is
 * another one because of them.
 */
const perDeployment = /^(SOURCE_VERSION|GIT_REV|BP_IMAGE_LABELS|BP_OCI_[A-Z_]+)$/;

function partsOf(
  variables: Readonly<Record<string, string>>,
  credentials: readonly string[],
): string[] {
  const names = Object.keys(variables).filter((name) => !perDeployment.test(name));
  return [...names.sort().map((name) => `${name}\0${variables[name]}`), ...credentials.toSorted()];
}

function changeSince(before: string | undefined, now: string): string | undefined {
  if (before === undefined) return "there is no record of the build's environment";
  return before === now ? undefined : "the build's environment changed";
}

function keyedDigest(key: string): KeyedDigest {
  return (parts) => addParts(createHmac("sha256", Buffer.from(key, "hex")), parts).digest("hex");
}
