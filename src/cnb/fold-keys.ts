import * as z from "zod";

/**
 * Gives the keys of a document the letters that `schema` expects, since lifecycles look them up without
 * regard to upper and lower case. A key that is spelled as expected beats others. What the schema leaves
 * open, such as metadata, stays as it is.
 */
export function foldKeys(schema: z.ZodType, value: unknown): unknown {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item) => foldKeys(inner.element as z.ZodType, item));
  }
  if (inner instanceof z.ZodObject && isTable(value)) return foldTable(inner, value);
  return value;
}

function foldTable(schema: z.ZodObject, table: Readonly<Record<string, unknown>>): object {
  const expected = Object.keys(schema.shape);
  const members = Object.entries(table).flatMap(([key, value]) => {
    const name = Object.hasOwn(schema.shape, key) ? key : otherSpelling(key, expected);
    if (name !== key && Object.hasOwn(table, name)) return [];
    const member = schema.shape[name] as z.ZodType | undefined;
    return [[name, member ? foldKeys(member, value) : value] as const];
  });
  return Object.fromEntries(members);
}

function otherSpelling(key: string, expected: readonly string[]): string {
  return expected.find((name) => name.toLowerCase() === key.toLowerCase()) ?? key;
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return unwrap(schema.def.innerType as z.ZodType);
  }
  if (schema instanceof z.ZodDefault) return unwrap(schema.def.innerType as z.ZodType);
  // A codec reads what stands on disk at its `in` side.
  if (schema instanceof z.ZodPipe) return unwrap(schema.def.in as z.ZodType);
  return schema;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
