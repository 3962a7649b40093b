// The layer `secret-key-base`: one random key as the launch default of SECRET_KEY_BASE.
//
// Launch only: the lifecycle then reuses the layer of the previous image without its contents ever
// coming back to a build, so the key stays the same over rebuilds and stands in no cache, no
// metadata, no log and no build. It is made anew when the previous image is gone.
// Empty when: the platform supplies a SECRET_KEY_BASE itself.

import { randomBytes } from "node:crypto";
import * as z from "zod";
import { openLayer } from "../../cnb/layer.ts";
import type { Section } from "../../output/printer.ts";

const metadata = z.object({ madeBy: z.string() });

const keyBytes = 64;

export interface SecretKeyBaseOptions {
  layersDir: string;
  userEnv: Readonly<Record<string, string>>;
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
  });
  const kept = layer.state.state === "restored";
  section.say(
    kept
      ? "`SECRET_KEY_BASE` (default): kept from the previous image"
      : "`SECRET_KEY_BASE` (default): made at random, because no previous image holds one",
  );
  await layer.commit({
    metadata: { madeBy: "lapidary/ruby" },
    ...(kept ? {} : { env: [newKey()] }),
  });
}

function newKey() {
  return {
    scope: "launch" as const,
    name: "SECRET_KEY_BASE",
    behavior: "default" as const,
    value: randomBytes(keyBytes).toString("hex"),
  };
}
