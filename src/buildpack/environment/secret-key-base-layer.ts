// The layer `secret-key-base`: one random key as the launch default of SECRET_KEY_BASE.
//
// Launch only: the lifecycle then reuses the layer of the previous image without its contents ever
// coming back to a build, so the key stays the same over rebuilds and stands in no cache, no
// metadata, no log and no build. It is made anew when the previous image is gone.
// Empty when: the platform supplies a SECRET_KEY_BASE itself.

import { randomBytes } from "node:crypto";
import * as z from "zod";
import { readLayerEnv } from "../../cnb/layer-env.ts";
import type { EnvModification } from "../../cnb/layer-env.ts";
import { openLayer } from "../../cnb/layer.ts";
import type { Section } from "../../output/printer.ts";

const metadata = z.object({ madeBy: z.string() });

const keyBytes = 64;

export interface SecretKeyBaseOptions {
  layersDir: string;
  userEnv: Readonly<Record<string, string>>;
  /** Whether the app brings encrypted credentials, which may hold a key of their own. */
  credentials: boolean;
  section: Section;
}

/** Gives the app a SECRET_KEY_BASE that any environment can override (contract: SECRET_KEY_BASE). */
export async function provideSecretKeyBase(options: SecretKeyBaseOptions): Promise<void> {
  const { layersDir, userEnv, section } = options;
  if (userEnv["SECRET_KEY_BASE"]) {
    section.say("`SECRET_KEY_BASE` from the build's environment: set it for the running app, too");
    return;
  }
  const layer = await openLayer({
    layersDir,
    name: "secret-key-base",
    types: { build: false, launch: true, cache: false },
    schema: metadata,
    keys: { madeBy: "lapidary/ruby" },
    labels: { madeBy: "Buildpack" },
    check: findMissingKey,
  });
  if (options.credentials) {
    section.warn(
      "The app brings encrypted credentials. Rails takes SECRET_KEY_BASE before the key in them;",
      "to keep the one in them, set SECRET_KEY_BASE to it where the app runs.",
    );
  }
  const made = { madeBy: "lapidary/ruby" };
  if (layer.state.state === "empty") {
    const reasons = layer.state.because.join("; ");
    section.say(`\`SECRET_KEY_BASE\` (default): made at random, because ${reasons}`);
    await layer.commit({ metadata: made, env: [newKey()] });
    return;
  }
  section.say("`SECRET_KEY_BASE` (default): kept from the previous image");
  await layer.commit({ metadata: made, env: await readLayerEnv(layer.path) });
}

function newKey(): EnvModification {
  const value = randomBytes(keyBytes).toString("hex");
  return { scope: "launch", name: "SECRET_KEY_BASE", behavior: "default", value };
}

// A platform may hand over the contents themselves; then there has to be a key in them.
async function findMissingKey(path: string): Promise<string | undefined> {
  const kept = await readLayerEnv(path);
  return kept.some(({ name }) => name === "SECRET_KEY_BASE") ? undefined : "it holds no key";
}
