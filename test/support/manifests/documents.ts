import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import * as z from "zod";

/** The documents of a YAML file below `deploy`; a duplicate key or any other fault throws. */
export function readYaml(path: string): Record<string, unknown>[] {
  return parseAllDocuments(readDeployed(path)).map((document) => {
    const [error] = document.errors;
    if (error) throw error;
    return document.toJS() as Record<string, unknown>;
  });
}

export function readDeployed(path: string): string {
  return readFileSync(new URL(`../../../deploy/${path}`, import.meta.url), "utf8");
}

/** What a document breaks of a schema, one line each; empty where it is valid. */
export function problemsOf(schema: z.ZodType, document: unknown): string[] {
  const { error } = schema.safeParse(document);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

/** As Kubernetes names things: the name of an object is one label of a host name, or several. */
export const objectName = z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9-]+)*$/);

export const imageReference = z
  .string()
  .regex(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+(:[\w][\w.-]*)?(@sha256:[0-9a-f]{64})?$/);
