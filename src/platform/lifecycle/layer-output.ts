import type { LayerTypes } from "../../cnb/layers/layer-content-metadata.ts";

/** A layer that a buildpack made. Its metadata is usually a table; lifecycles keep it whatever it is. */
export interface LayerOutput {
  types: LayerTypes;
  metadata: unknown;
}
