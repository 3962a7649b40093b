import { fileURLToPath } from "node:url";
import * as z from "zod";
import { diagnosisSchema } from "../../src/output/diagnosis.ts";
import { writePage } from "./write-page.ts";

const path = fileURLToPath(new URL("../../docs/guides/doctor.schema.json", import.meta.url));

/** The text of `docs/guides/doctor.schema.json`: the JSON Schema of what `lapidary doctor --json` prints. */
export function doctorSchemaDoc(): string {
  const schema = { title: "lapidary doctor --json", ...z.toJSONSchema(diagnosisSchema) };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

if (import.meta.main) await writePage(path, doctorSchemaDoc());
