import * as z from "zod";
import { imageReference, objectName } from "./documents.ts";

// The resources of kpack.io/v1alpha2 and of Kubernetes that `deploy/kpack` uses, with the rules that
// kpack's webhooks add. A key that the API does not know is refused; kpack itself would ignore it.

const reference = z.strictObject({ name: objectName, namespace: objectName });
const metadata = z.strictObject({ name: objectName, namespace: objectName.optional() });
const clusterWide = z.strictObject({ name: objectName });
const namespaced = z.strictObject({ name: objectName, namespace: objectName });

const resource = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.strictObject({ apiVersion: z.literal("kpack.io/v1alpha2"), kind: z.literal(kind), ...shape });

const clusterBuildpack = resource("ClusterBuildpack", {
  metadata: clusterWide,
  spec: z.strictObject({ image: imageReference, serviceAccountRef: reference.optional() }),
});

const stackImage = z.strictObject({ image: imageReference });

const clusterStack = resource("ClusterStack", {
  metadata: clusterWide,
  spec: z.strictObject({
    id: z.string().min(1),
    buildImage: stackImage,
    runImage: stackImage,
    serviceAccountRef: reference.optional(),
  }),
});

// A group's entry names a resource or an id; an image in it is rejected.
const groupEntry = z.union([
  z.strictObject({
    name: objectName,
    kind: z.enum(["ClusterBuildpack"]),
    optional: z.boolean().optional(),
  }),
  z.strictObject({
    id: z.string().min(1),
    version: z.string().optional(),
    optional: z.boolean().optional(),
  }),
]);

const clusterBuilder = resource("ClusterBuilder", {
  metadata: clusterWide,
  spec: z.strictObject({
    tag: imageReference,
    serviceAccountRef: reference,
    // The kind has no default here.
    stack: z.strictObject({ name: objectName, kind: z.literal("ClusterStack") }),
    order: z.array(z.strictObject({ group: z.array(groupEntry).min(1) })).min(1),
    additionalLabels: z.record(z.string(), z.string()).optional(),
  }),
});

const historyLimit = z.int().min(1);

const image = resource("Image", {
  metadata: namespaced,
  spec: z.strictObject({
    tag: imageReference,
    additionalTags: z.array(imageReference).optional(),
    builder: z.strictObject({
      name: objectName,
      kind: z.enum(["Builder", "ClusterBuilder"]),
      namespace: objectName.optional(),
    }),
    serviceAccountName: objectName.optional(),
    source: exactlyOne({
      git: z.strictObject({ url: z.string().min(1), revision: z.string().min(1) }),
      blob: z.strictObject({ url: z.string().min(1), stripComponents: z.int().optional() }),
      registry: z.strictObject({ image: imageReference }),
      subPath: z.string(),
    }),
    cache: exactlyOne({
      volume: z.strictObject({ size: z.string(), storageClassName: z.string().optional() }),
      registry: z.strictObject({ tag: imageReference }),
    }).optional(),
    build: z
      .strictObject({
        // References to secrets are rejected.
        env: z.array(z.strictObject({ name: z.string().min(1), value: z.string() })).optional(),
        services: z
          .array(
            z.strictObject({
              name: objectName,
              kind: z.literal("Secret"),
              apiVersion: z.literal("v1"),
            }),
          )
          .optional(),
      })
      .optional(),
    defaultProcess: z.string().optional(),
    projectDescriptorPath: z.string().optional(),
    successBuildHistoryLimit: historyLimit.optional(),
    failedBuildHistoryLimit: historyLimit.optional(),
  }),
});

function exactlyOne<Shape extends z.ZodRawShape>(shape: Shape) {
  const names = Object.keys(shape).filter((name) => name !== "subPath");
  return z
    .strictObject(shape)
    .partial()
    .refine((value) => names.filter((name) => name in value).length === 1, {
      error: `exactly one of ${names.join(", ")} is needed`,
    });
}

const core = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.strictObject({ apiVersion: z.literal("v1"), kind: z.literal(kind), ...shape });

const serviceAccount = core("ServiceAccount", {
  metadata: namespaced,
  secrets: z.array(z.strictObject({ name: objectName })),
  imagePullSecrets: z.array(z.strictObject({ name: objectName })),
}).refine(({ secrets, imagePullSecrets }) => sameNames(secrets, imagePullSecrets), {
  error: "kpack needs a registry's secret in both lists",
});

function sameNames(one: readonly { name: string }[], other: readonly { name: string }[]): boolean {
  return one.every(({ name }) => other.some((entry) => entry.name === name));
}

/** kpack hands a secret to the build as a binding only if its type says that it is one. */
const binding = core("Secret", {
  metadata: namespaced,
  type: z.string().startsWith("service.binding/"),
  stringData: z.record(z.string(), z.string()),
}).refine(({ type, stringData }) => type === `service.binding/${stringData["type"]}`, {
  error: "the type of the secret and the one in it differ",
});

const namespace = core("Namespace", { metadata });

export const kpackSchemas: Record<string, z.ZodType> = {
  ClusterBuildpack: clusterBuildpack,
  ClusterStack: clusterStack,
  ClusterBuilder: clusterBuilder,
  Image: image,
  ServiceAccount: serviceAccount,
  Secret: binding,
  Namespace: namespace,
};
