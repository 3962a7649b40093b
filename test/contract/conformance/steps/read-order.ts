import * as z from "zod";
import { readTomlFile } from "../../../../src/cnb/toml-file.ts";
import type { Order } from "../../../../src/platform/lifecycle/order.ts";

/** The order of a builder. The platform takes it as a value, so that its reader is the suite's. */
export async function readOrder(path: string): Promise<Order> {
  const { order = [] } = await readTomlFile(path, z.object({ order: groups.optional() }));
  return order.map(({ group = [] }) => ({
    group: group.map(({ id, version, optional }) => ({
      id,
      // The path of a buildpack in a builder has its version.
      version: version ?? "",
      optional,
    })),
  }));
}

const groups = z.array(
  z.object({
    group: z
      .array(
        z.object({
          id: z.string(),
          version: z.string().optional(),
          optional: z.boolean().optional(),
        }),
      )
      .optional(),
  }),
);
