import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeArtifact } from "../../../src/artifacts/make-artifact.ts";
import { unpackArchive } from "../../../src/oci/unpack-archive.ts";
import { parseToml } from "../../../src/toml.ts";
import { failureOf } from "../../support/failure.ts";
import { makeFakeMachine } from "../../support/fake-compiler.ts";
import { makeTree } from "../../support/tree.ts";

const jemalloc = { name: "jemalloc", version: "5.3.0" } as const;
const amd64 = { ...jemalloc, arch: "amd64" };

describe("making an artifact", () => {
  test("compiles the source, though something prebuilt is offered, and packs it by name and target", async () => {
    const { context, offer } = await makeFakeMachine({ cc: "" });
    await offer({ ...jemalloc, kind: "prebuilt" });
    await offer({ ...jemalloc, kind: "source" });
    await makeArtifact(amd64, context);
    const archive = join(context.out, "jemalloc-5.3.0-debian-12-amd64.tgz");
    const tree = await unpacked(archive);
    expect(await readdir(join(tree, "lib"))).toContain("libjemalloc.so");
    expect(await readFile(join(tree, "options"), "utf8")).toBe(
      "--prefix=/layers/lapidary_ruby/jemalloc --disable-cxx\n",
    );
  });

  test("lists it for the distribution and the architecture, with its checksum", async () => {
    const { context, offer } = await makeFakeMachine({ cc: "" });
    await offer({ ...jemalloc, kind: "source" });
    const location = await makeArtifact(amd64, context);
    const inventory = await readFile(join(context.out, "inventory.toml"), "utf8");
    const archive = await readFile(join(context.out, "jemalloc-5.3.0-debian-12-amd64.tgz"));
    expect(location).toBe(`file://${context.out}/inventory.toml#sha256=${sha256(inventory)}`);
    expect(parseToml(inventory)).toMatchObject({
      artifacts: [
        {
          ...{ name: "jemalloc", version: "5.3.0", kind: "prebuilt" },
          ...{ url: "jemalloc-5.3.0-debian-12-amd64.tgz", sha256: sha256(archive) },
          ...{ os: "linux", arch: "amd64", "distro-name": "debian", "distro-version": "12" },
        },
      ],
    });
  });

  test("makes the same bytes wherever it works", async () => {
    const digests: string[] = [];
    for (let time = 0; time < 2; time++) {
      const { context, offer } = await makeFakeMachine({ cc: "" });
      await offer({ ...jemalloc, kind: "source" });
      await makeArtifact(amd64, context);
      const archive = join(context.out, "jemalloc-5.3.0-debian-12-amd64.tgz");
      digests.push(sha256(await readFile(archive)));
    }
    expect(digests[1]).toBe(digests[0]);
  });

  test("names a system without a distribution by its kernel", async () => {
    const { context, offer } = await makeFakeMachine({ cc: "" });
    await offer({ ...jemalloc, kind: "source" });
    await makeArtifact(amd64, { ...context, machine: { os: "linux", arch: "amd64" } });
    expect(await readdir(context.out)).toContain("jemalloc-5.3.0-linux-amd64.tgz");
  });

  test("leaves nothing beside the archives when it fails", async () => {
    const { context, offer } = await makeFakeMachine({ cc: "", make: "echo no; exit 2" });
    await offer({ ...jemalloc, kind: "source" });
    const failure = await failureOf(makeArtifact(amd64, context));
    expect(failure).toMatchObject({ code: "compile/failed", lines: ["no"] });
    expect(await readdir(context.out)).toEqual([]);
    expect(await readdir(context.work)).toEqual([]);
  });

  test("names the nearest versions whose source there is", async () => {
    const { context, offer } = await makeFakeMachine({ cc: "" });
    await offer({ ...jemalloc, kind: "source" });
    await offer({ name: "jemalloc", version: "5.3.9", kind: "prebuilt" });
    expect(await failureOf(makeArtifact({ ...amd64, version: "5.3.9" }, context))).toEqual({
      code: "artifact/no-source",
      name: "jemalloc",
      version: "5.3.9",
      nearest: ["5.3.0"],
    });
  });
});

async function unpacked(archive: string): Promise<string> {
  const destination = await makeTree();
  const runTool = async () => ({ exitCode: 127, lines: [] });
  await unpackArchive({ archive, destination, stripComponents: 0, runTool });
  return destination;
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
