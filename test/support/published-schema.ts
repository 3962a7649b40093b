import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import Ajv from "ajv";
import addFormats from "ajv-formats";

/** A JSON schema as its publisher has it, out of a package that brings it along. */
export function readPublished(library: string, path: string): object {
  const description = createRequire(import.meta.url).resolve(`${library}/package.json`);
  return JSON.parse(readFileSync(join(dirname(description), path), "utf8")) as object;
}

/** A validator that takes what JSON Schema lets a schema say, and names everything that a document breaks. */
export function makeValidator(): Ajv.Ajv {
  const ajv = new Ajv.Ajv({ allErrors: true, strict: false, logger: false });
  addFormats.default(ajv);
  return ajv;
}

/** What a document breaks of a schema, one line each; empty where it is valid. */
export function brokenRules(ajv: Ajv.Ajv, schema: object, document: unknown): string[] {
  ajv.validate(schema, document);
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}
