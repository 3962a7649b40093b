import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Component } from "../sbom/component.ts";
import { applicationCycloneDx } from "../sbom/cyclonedx.ts";
import { npmUrl } from "../sbom/package-url.ts";

/**
 * The bill of materials of the buildpack itself, in CycloneDX: the npm packages that its code is bundled from,
 * and the Node that runs it, as `package-lock.json` pins them. Equal lockfiles give equal bytes.
 *
 * @param node - the npm package that the Node comes from.
 * @throws Error if `package-lock.json` cannot be read.
 */
export async function ownBill(
  checkout: string,
  node: string,
  buildpack: { id: string; version: string },
): Promise<string> {
  const text = await readFile(join(checkout, "package-lock.json"), "utf8");
  const { packages } = lockfile.parse(JSON.parse(text));
  const components = Object.entries(packages)
    .filter(([path, { dev, optional }]) => path !== "" && !dev && (!optional || isOf(path, node)))
    .map(([path, pinned]) => componentOf(nameOf(path), pinned));
  return applicationCycloneDx(buildpack, components);
}

const pinSchema = z.object({
  version: z.string(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
});

const lockfile = z.object({ packages: z.record(z.string(), pinSchema) });

function isOf(path: string, name: string): boolean {
  return path === `node_modules/${name}`;
}

/** `node_modules/a/node_modules/@b/c` is the package `@b/c`. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

function componentOf(
  name: string,
  { version, integrity, license }: z.output<typeof pinSchema>,
): Component {
  const [, digest] = /^sha512-(.+)$/.exec(integrity ?? "") ?? [];
  return {
    name,
    version,
    purl: npmUrl(name, version),
    licenses: license === undefined ? [] : [license],
    ...(digest ? { sha512: Buffer.from(digest, "base64").toString("hex") } : {}),
  };
}
