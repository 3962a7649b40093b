import * as z from "zod";

/** builder.toml, as pack reads it: a key that it does not know is an error. */
const image = z.string().min(1);

const groupEntry = z.strictObject({
  id: z.string().regex(/^[a-z0-9.-]+\/[a-z0-9.-]+$/),
  version: z.string().optional(),
  optional: z.boolean().optional(),
});

export const builder = z
  .strictObject({
    description: z.string().optional(),
    buildpacks: z
      .array(
        z.strictObject({ id: z.string().optional(), version: z.string().optional(), uri: image }),
      )
      .min(1),
    order: z.array(z.strictObject({ group: z.array(groupEntry).min(1) })).min(1),
    build: z.strictObject({
      image,
      env: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
    }),
    run: z.strictObject({ images: z.array(z.strictObject({ image })).min(1) }),
    stack: z.strictObject({ id: z.string(), "build-image": image, "run-image": image }).optional(),
    lifecycle: z
      .strictObject({ version: z.string().optional(), uri: z.string().optional() })
      .optional(),
    targets: z.array(z.strictObject({ os: z.string(), arch: z.string().optional() })).optional(),
  })
  .superRefine(({ buildpacks, order, stack, build, run }, context) => {
    const known = buildpacks.map(({ id }) => id);
    const used = order.flatMap(({ group }) => group.map(({ id }) => id));
    const problems = [
      ...used
        .filter((id) => !known.includes(id))
        .map((id) => `${id} is no buildpack of the builder`),
      ...known.filter((id) => !used.includes(id ?? "")).map((id) => `${id} is in no group`),
      ...order
        .filter(({ group }) => group.every(({ optional }) => optional))
        .map(() => "a group of optional buildpacks passes for every app"),
      ...(stack && stack["build-image"] !== build.image ? ["two build images"] : []),
      ...(stack && stack["run-image"] !== run.images[0]?.image ? ["two run images"] : []),
    ];
    for (const message of problems) context.addIssue({ code: "custom", message });
  });
