import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { type ReadPackage, readPackage } from "./read-package.ts";

const command = fileURLToPath(new URL("../../../bin/lapidary", import.meta.url));

/** Makes the package for an architecture into `out`; resolves to the buildpack that is in it, unpacked. */
export async function packageFor(architecture: string, out: string): Promise<string> {
  await execa(command, ["package", "--out", out, "--target", `linux/${architecture}`]);
  return await unpackPackage(await packageIn(out, architecture), join(out, "unpacked"));
}

export async function packageIn(directory: string, architecture: string): Promise<ReadPackage> {
  const name = (await readdir(directory)).find((file) =>
    file.endsWith(`-linux-${architecture}.cnb`),
  );
  return await readPackage(join(directory, name ?? "missing"));
}

/** Unpacks a package as `pack` puts it into a build image, and answers with its directory there. */
export async function unpackPackage({ layer }: ReadPackage, into: string): Promise<string> {
  await mkdir(into, { recursive: true });
  await writeFile(join(into, "layer.tar"), layer);
  await execa("tar", ["--extract", "--file", "layer.tar", "--strip-components", "4"], {
    cwd: into,
  });
  return into;
}
