import * as z from "zod";
import { parseJson } from "../../system/parse-json.ts";
import type { SoftwareFacts } from "./image-facts.ts";

type Software = Pick<SoftwareFacts, "name" | "version" | "purl">;

const text = z.string();
const version = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

const cycloneDx = z
  .object({
    components: z
      .array(z.object({ name: text, version, purl: text.optional() }))
      .nullish()
      .transform((components) => components ?? []),
  })
  .transform(({ components }) => components);

const spdx = z
  .object({
    packages: z.array(
      z.object({
        name: text,
        versionInfo: version,
        externalRefs: z
          .array(z.object({ referenceType: text.optional(), referenceLocator: text.optional() }))
          .nullish(),
      }),
    ),
  })
  .transform(({ packages }) =>
    packages.map(({ name, versionInfo, externalRefs }) => {
      const reference = externalRefs?.find(({ referenceType }) => referenceType === "purl");
      const purl = reference?.referenceLocator;
      return { name, version: versionInfo, ...(purl === undefined ? {} : { purl }) };
    }),
  );

const syft = z
  .object({ artifacts: z.array(z.object({ name: text, version, purl: text.optional() })) })
  .transform(({ artifacts }) => artifacts);

/** The formats of bills of materials by the ends of their names, the best first. */
export const billFormats = [
  ["sbom.cdx.json", cycloneDx],
  ["sbom.spdx.json", spdx],
  ["sbom.syft.json", syft],
] as const;

/** What a bill of materials lists. One that is not of its format lists nothing. */
export function readSoftware(file: string, content: string): Software[] {
  const format = billFormats.find(([name]) => name === file)?.[1];
  return (format?.safeParse(parseJson(content)).data ?? []).map(({ name, version, purl }) => {
    return { name, version, ...(purl === undefined ? {} : { purl }) };
  });
}
