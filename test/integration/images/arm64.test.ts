import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { Unavailable } from "../../../scripts/unavailable.ts";
import { type Arm64World, ensureArm64World } from "../../support/arm64-world.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { fullRing, onlyInFullRing } from "../../support/world.ts";

// With nothing in the cache, two Rubies are compiled and two root file systems made.

describe("what `lapidary artifact --arch arm64` has compiled", () => {
  test("runs in a root file system of arm64: Ruby with its extensions, alone and with jemalloc", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    const world = await ensureArm64World().catch((error: unknown) => {
      if (error instanceof Unavailable) context.skip(error.message);
      throw error;
    });
    const run = await openRoot(world);

    const version = await run(["-v"]);
    expect(version.stdout).toMatch(/^ruby 3\.3\.8 \(.*\) \[aarch64-linux\]$/);

    const extensions = "%w[openssl psych zlib fiddle socket bigdecimal].each { require _1 }";
    const facts =
      "print [Gem::Platform.local, OpenSSL::Digest::SHA256.hexdigest('')[0, 8]].join(' ')";
    expect(await run(["-e", `${extensions}; ${facts}`])).toMatchObject({
      exitCode: 0,
      stdout: "aarch64-linux e3b0c442",
    });

    const preloaded = await run(["-e", "0"], {
      LD_PRELOAD: "/layers/jemalloc-5.3.1/lib/libjemalloc.so",
      MALLOC_CONF: "stats_print:true",
    });
    expect(preloaded.stderr).toContain('Version: "5.3.1-');
    expect(preloaded.stderr).toContain("Page size: 65536");
  });
});

/** Puts both artifacts into a view of the root; resolves to what runs the Ruby there. */
async function openRoot({ mirror, runRoot }: Arm64World) {
  const sandbox = await makeSandbox({ root: runRoot });
  for (const name of ["ruby-3.3.8", "jemalloc-5.3.1"]) {
    const directory = join(sandbox.host.layers, name);
    await mkdir(directory);
    const archive = join(mirror.directory, `${name}-debian-12-arm64.tgz`);
    await execa("tar", ["-xzf", archive, "-C", directory]);
  }
  return async (args: readonly string[], env: Record<string, string> = {}) => {
    const file = `${sandbox.inside.layers}/ruby-3.3.8/bin/ruby`;
    return await sandbox.run({ file, args, cwd: "/", env: { PATH: "/usr/bin:/bin", ...env } });
  };
}
