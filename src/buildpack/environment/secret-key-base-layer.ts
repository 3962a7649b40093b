// The layer `secret-key-base`: a random key, the default of SECRET_KEY_BASE when the app runs.
//
// Launch only: the lifecycle reuses the layer of the previous image without restoring its contents. So
// the key stays the same from build to build, and is in no cache, metadata, log or later build. A new key
// is made if there is no previous image. There is no layer if the user sets SECRET_KEY_BASE at build time.

import { randomBytes } from "node:crypto";
import * as z from "zod";
import { readLayerEnv } from "../../cnb/layers/layer-env.ts";
import type { EnvModification } from "../../cnb/layers/layer-env.ts";
import { reasonsOf } from "../../cnb/layers/layer-state.ts";
import { openLayer } from "../../cnb/layers/layer.ts";
import type { Section } from "../../output/printer.ts";

const metadata = z.object({ madeBy: z.string() });

const keyBytes = 64;

export interface SecretKeyBaseOptions {
  layersDir: string;
  userEnv: Readonly<Record<string, string>>;
  /** Whether the app has encrypted credentials, which may contain a key. */
  credentials: boolean;
  /** Whether layers of an earlier build were restored. */
  cached: boolean;
  section: Section;
}

/** Gives the app a default SECRET_KEY_BASE (contract: SECRET_KEY_BASE). */
export async function provideSecretKeyBase(options: SecretKeyBaseOptions): Promise<void> {
  const { layersDir, userEnv, section } = options;
  if (userEnv["SECRET_KEY_BASE"]) {
    section.say(
      "Using `SECRET_KEY_BASE` of the build's environment. Set it where the app runs too",
    );
    return;
  }
  const layer = await openLayer({
    layersDir,
    name: "secret-key-base",
    types: { build: false, launch: true, cache: false },
    schema: metadata,
    keys: { madeBy: "lapidary/ruby" },
    labels: { madeBy: "the buildpack" },
    check: findMissingKey,
  });
  section.layer("secret-key-base", reasonsOf(layer.state));
  if (options.credentials) {
    section.warn(
      "The app has encrypted credentials. Rails uses SECRET_KEY_BASE instead of the secret_key_base in them.",
      "To use the one in the credentials, set SECRET_KEY_BASE to it where the app runs.",
    );
  }
  const made = { madeBy: "lapidary/ruby" };
  if (layer.state.state === "empty") {
    const reasons = layer.state.because.join("; ");
    section.say(`Generated a default \`SECRET_KEY_BASE\`, because ${reasons}`);
    if (options.cached) section.warn(...keyOfEveryBuild);
    await layer.commit({ metadata: made, env: [newKey()] });
    return;
  }
  section.say("Kept the default `SECRET_KEY_BASE` of the previous image");
  await layer.commit({ metadata: made, env: await readLayerEnv(layer.path) });
}

// The cache is there, but not the image that it belongs to.
const keyOfEveryBuild = [
  "The cache of an earlier build was restored, but its image was not found. With a new SECRET_KEY_BASE, everybody has to sign in again.",
  "To keep the key, build with --previous-image and the name of the last image, or set SECRET_KEY_BASE where the app runs.",
] as const;

function newKey(): EnvModification {
  const value = randomBytes(keyBytes).toString("hex");
  return { scope: "launch", name: "SECRET_KEY_BASE", behavior: "default", value };
}

// Some platforms do restore the contents. They must then contain a key.
async function findMissingKey(path: string): Promise<string | undefined> {
  const kept = await readLayerEnv(path);
  return kept.some(({ name }) => name === "SECRET_KEY_BASE") ? undefined : "it contains no key";
}
