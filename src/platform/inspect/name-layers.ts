import type { LayerBlob } from "../../oci/blob.ts";
import type { LayerFacts, LayerPart } from "./image-facts.ts";
import type { LifecycleLabel } from "./image-labels.ts";

type Known = Omit<LayerFacts, "digest" | "diffId" | "bytes" | "fileBytes">;

/** Says of each layer what it is, by the digests in the label of the lifecycle. */
export function nameLayers(layers: readonly LayerBlob[], label: LifecycleLabel): LayerFacts[] {
  const known = knownLayers(label);
  const top = layers.findIndex(({ diffId }) => diffId === label.runImage?.topLayer);
  return layers.map(({ digest, diffId, size }, index) => {
    const own = known.get(diffId) ?? { part: "unknown" as const };
    return { digest, diffId, bytes: size, ...(index <= top ? { part: "run image" } : own) };
  });
}

/** What the label knows, by the digests of uncompressed archives. */
function knownLayers(label: LifecycleLabel): Map<string, Known> {
  const known = new Map<string, Known>();
  const add = (part: LayerPart, one: { sha: string } | null | undefined) => {
    if (one?.sha) known.set(one.sha, { part });
  };
  for (const slice of label.app ?? []) add("app", slice);
  add("bill of materials", label.sbom);
  add("launcher", label.launcher);
  add("launcher configuration", label.config);
  add("process types", label["process-types"]);
  for (const { key, layers } of label.buildpacks ?? []) {
    for (const [name, { sha, data, ...types }] of Object.entries(layers ?? {})) {
      const metadata = plainValues(data);
      known.set(sha, { part: "buildpack", buildpack: key, name, types, ...metadata });
    }
  }
  return known;
}

function plainValues(data: unknown): { metadata?: Record<string, string> } {
  if (typeof data !== "object" || data === null) return {};
  const plain = Object.entries(data).filter(([, value]) =>
    ["string", "number", "boolean"].includes(typeof value),
  );
  if (plain.length === 0) return {};
  return { metadata: Object.fromEntries(plain.map(([name, value]) => [name, String(value)])) };
}
