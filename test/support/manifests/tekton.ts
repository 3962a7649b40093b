import * as z from "zod";
import { objectName } from "./documents.ts";

// The resources of tekton.dev/v1 as far as `deploy/tekton` uses them, with the rules that Tekton's
// webhook adds: what is used must be declared, names are unique, whole arrays stand alone.

const parameter = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/),
    description: z.string().optional(),
    type: z.enum(["string", "array"]).default("string"),
    default: z.union([z.string(), z.array(z.string())]).optional(),
  })
  .refine(
    ({ type, default: value }) =>
      value === undefined || Array.isArray(value) === (type === "array"),
    {
      error: "the default is of another type",
    },
  );

const workspace = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  mountPath: z.string().optional(),
  readOnly: z.boolean().optional(),
  optional: z.boolean().optional(),
});

const variable = z.strictObject({ name: z.string().regex(/^[A-Za-z_]\w*$/), value: z.string() });
const mount = z.strictObject({ name: objectName, mountPath: z.string().startsWith("/") });

const step = z
  .strictObject({
    name: objectName,
    image: z.string().min(1),
    command: z.array(z.string()).optional(),
    args: z.array(z.string()).optional(),
    script: z.string().optional(),
    env: z.array(variable).optional(),
    volumeMounts: z.array(mount).optional(),
    // Integers: they take no parameters.
    securityContext: z
      .strictObject({ runAsUser: z.int().optional(), runAsGroup: z.int().optional() })
      .optional(),
  })
  .refine(({ command, script }) => command === undefined || script === undefined, {
    error: "a step has a command or a script",
  });

const volume = z.strictObject({ name: objectName, emptyDir: z.strictObject({}) });

const taskSpec = z
  .strictObject({
    description: z.string().optional(),
    params: z.array(parameter).default([]),
    workspaces: z.array(workspace).default([]),
    results: z
      .array(z.strictObject({ name: z.string(), description: z.string().optional() }))
      .default([]),
    stepTemplate: z
      .strictObject({
        env: z.array(variable).optional(),
        volumeMounts: z.array(mount).optional(),
      })
      .optional(),
    steps: z.array(step).min(1),
    volumes: z.array(volume).default([]),
  })
  .superRefine((spec, context) => {
    const problems = [
      ...repeated("step", spec.steps),
      ...repeated("parameter", spec.params),
      ...repeated("workspace", spec.workspaces),
      ...undeclared(spec, "params", spec.params),
      ...undeclared(spec, "workspaces", spec.workspaces),
      ...undeclared(spec, "results", spec.results),
      ...misplacedArrays(spec.steps, spec.params),
      ...mountsWithoutVolume(spec),
    ];
    for (const message of problems) context.addIssue({ code: "custom", message });
  });

type TaskSpec = z.output<typeof taskSpec>;

interface Named {
  name: string;
}

function repeated(what: string, list: readonly Named[]): string[] {
  const names = list.map(({ name }) => name);
  return names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => `${what} ${name} is declared twice`);
}

/** Each `$(params.NAME…)` and the like, whose name is declared nowhere. */
function undeclared(spec: object, room: string, declared: readonly Named[]): string[] {
  const used = [...JSON.stringify(spec).matchAll(new RegExp(`\\$\\(${room}\\.([\\w-]+)`, "g"))];
  return used
    .map(([, name = ""]) => name)
    .filter((name) => !declared.some((one) => one.name === name))
    .map((name) => `${room}.${name} is declared nowhere`);
}

/** An array is an argument of its own, as `$(params.NAME[*])`, and stands nowhere else. */
function misplacedArrays(
  steps: TaskSpec["steps"],
  params: readonly { name: string; type: string }[],
): string[] {
  const arrays = params.filter(({ type }) => type === "array").map(({ name }) => name);
  return arrays.flatMap((name) => {
    const whole = `$(params.${name}[*])`;
    const elsewhere = steps.map(({ args = [], ...rest }) => ({
      ...rest,
      args: args.filter((arg) => arg !== whole),
    }));
    const misplaced = JSON.stringify(elsewhere).includes(`$(params.${name}`);
    return misplaced ? [`the array ${name} is not an argument of its own`] : [];
  });
}

function mountsWithoutVolume({ stepTemplate, steps, volumes }: TaskSpec): string[] {
  const mounts = [stepTemplate, ...steps].flatMap((one) => one?.volumeMounts ?? []);
  return mounts
    .filter(({ name }) => !volumes.some((one) => one.name === name))
    .map(({ name }) => `there is no volume ${name}`);
}

const header = <Kind extends string>(kind: Kind) => ({
  apiVersion: z.literal("tekton.dev/v1"),
  kind: z.literal(kind),
});

export const task = z.strictObject({
  ...header("Task"),
  metadata: z.strictObject({ name: objectName }),
  spec: taskSpec,
});

const given = z.strictObject({
  name: z.string(),
  value: z.union([z.string(), z.array(z.string())]),
});

const pipelineTask = z
  .strictObject({
    name: objectName,
    taskRef: z.strictObject({ name: objectName }).optional(),
    taskSpec: taskSpec.optional(),
    runAfter: z.array(objectName).default([]),
    params: z.array(given).default([]),
    workspaces: z.array(z.strictObject({ name: z.string(), workspace: z.string() })).default([]),
  })
  .refine((one) => (one.taskRef === undefined) !== (one.taskSpec === undefined), {
    error: "a task is referred to or written out",
  });

export const pipeline = z.strictObject({
  ...header("Pipeline"),
  metadata: z.strictObject({ name: objectName }),
  spec: z
    .strictObject({
      description: z.string().optional(),
      params: z.array(parameter).default([]),
      workspaces: z.array(workspace).default([]),
      results: z
        .array(
          z.strictObject({
            name: z.string(),
            description: z.string().optional(),
            value: z.string(),
          }),
        )
        .default([]),
      tasks: z.array(pipelineTask).min(1),
    })
    .superRefine((spec, context) => {
      const passed = spec.tasks.map(({ params }) => params);
      const names = new Set(spec.tasks.map(({ name }) => name));
      const bound = spec.tasks.flatMap(({ workspaces }) => workspaces);
      const problems = [
        ...repeated("task", spec.tasks),
        ...undeclared(passed, "params", spec.params),
        ...undeclared(spec.results, "tasks", spec.tasks),
        ...spec.tasks
          .flatMap(({ runAfter }) => runAfter)
          .filter((name) => !names.has(name))
          .map((name) => `there is no task ${name}`),
        ...bound
          .filter(({ workspace: from }) => !spec.workspaces.some(({ name }) => name === from))
          .map(({ workspace: from }) => `workspace ${from} is declared nowhere`),
      ];
      for (const message of problems) context.addIssue({ code: "custom", message });
    }),
});

const claim = z.strictObject({
  spec: z.strictObject({
    accessModes: z.array(z.enum(["ReadWriteOnce", "ReadWriteMany"])),
    resources: z.strictObject({ requests: z.strictObject({ storage: z.string() }) }),
  }),
});

export const pipelineRun = z.strictObject({
  ...header("PipelineRun"),
  metadata: z.strictObject({ generateName: z.string().min(1) }),
  spec: z.strictObject({
    pipelineRef: z.strictObject({ name: objectName }),
    params: z.array(given),
    workspaces: z.array(
      z.union([
        z.strictObject({ name: z.string(), volumeClaimTemplate: claim }),
        z.strictObject({ name: z.string(), secret: z.strictObject({ secretName: objectName }) }),
      ]),
    ),
  }),
});

/** What a task or pipeline asks for and what is given to it do not agree in. */
export function disagreements(
  wanted: {
    params: readonly { name: string; type: string; default?: unknown }[];
    workspaces: readonly { name: string; optional?: boolean | undefined }[];
  },
  given: {
    params: readonly { name: string; value: unknown }[];
    workspaces: readonly { name: string }[];
  },
): string[] {
  const named = (list: readonly Named[], name: string) => list.some((one) => one.name === name);
  return [
    ...given.params
      .filter(({ name }) => !named(wanted.params, name))
      .map(({ name }) => `parameter ${name} is not asked for`),
    ...wanted.params
      .filter(({ name, default: value }) => value === undefined && !named(given.params, name))
      .map(({ name }) => `parameter ${name} is not given`),
    ...wanted.params
      .filter(({ name, type }) =>
        given.params.some(
          (one) => one.name === name && Array.isArray(one.value) !== (type === "array"),
        ),
      )
      .map(({ name }) => `parameter ${name} is of another type`),
    ...given.workspaces
      .filter(({ name }) => !named(wanted.workspaces, name))
      .map(({ name }) => `workspace ${name} is not asked for`),
    ...wanted.workspaces
      .filter(({ name, optional }) => !optional && !named(given.workspaces, name))
      .map(({ name }) => `workspace ${name} is not given`),
  ];
}
