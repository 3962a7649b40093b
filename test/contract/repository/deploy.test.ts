import { describe, expect, test } from "vitest";
import * as z from "zod";
import { parseToml } from "../../../src/toml.ts";
import { builder } from "../../support/manifests/builder.ts";
import { problemsOf, readDeployed, readYaml } from "../../support/manifests/documents.ts";
import { loadWorkflowParser } from "../../support/manifests/github.ts";
import { gitlabProblems, pipelineOfGitlab } from "../../support/manifests/gitlab.ts";
import { kpackSchemas } from "../../support/manifests/kpack.ts";
import { disagreements, pipeline, pipelineRun, task } from "../../support/manifests/tekton.ts";

type Document = Record<string, unknown>;

/** The document with one place changed: `undefined` removes it. */
function broken(document: unknown, path: readonly (string | number)[], value?: unknown): Document {
  const copy = structuredClone(document) as Document;
  let place: Record<string | number, unknown> = copy;
  for (const key of path.slice(0, -1)) place = place[key] as Document;
  const last = path.at(-1) ?? "";
  if (value === undefined) delete place[last];
  else place[last] = value;
  return copy;
}

describe("builder.toml", () => {
  test.each(["heroku", "paketo"])("of %s is what pack reads", (name) => {
    expect(problemsOf(builder, parseToml(readDeployed(`builder/${name}.toml`)))).toEqual([]);
  });

  test.each([
    [["build", "images"], "x"],
    [["order", 0, "group", 2, "id"], "some/other"],
    [["run", "images"], []],
    [["stack", "run-image"], "docker.io/other/run"],
  ] as const)("is not with %j changed", (path, value) => {
    const document = parseToml(readDeployed("builder/heroku.toml"));
    expect(problemsOf(builder, broken(document, path, value))).not.toEqual([]);
  });
});

describe("kpack", () => {
  const resources = ["cluster", "app"].flatMap((name) => readYaml(`kpack/${name}.yaml`));
  const kindOf = (document: Document) => String(document["kind"]);
  const named = (kind: string) =>
    resources
      .filter((document) => kindOf(document) === kind)
      .map((document) => (document["metadata"] as { name: string }).name);
  const specOf = (kind: string) =>
    resources.find((document) => kindOf(document) === kind)?.["spec"];

  test("takes every resource", () => {
    const problems = resources.flatMap((document) => {
      const schema = kpackSchemas[kindOf(document)] ?? z.never();
      return problemsOf(schema, document);
    });
    expect(problems).toEqual([]);
  });

  test("finds whatever one resource names of another", () => {
    const { stack, order } = specOf("ClusterBuilder") as {
      stack: { name: string };
      order: { group: { name: string }[] }[];
    };
    expect(named("ClusterStack")).toContain(stack.name);
    const members = order.flatMap(({ group }) => group.map(({ name }) => name));
    expect(members.toSorted()).toEqual(named("ClusterBuildpack").toSorted());
    const image = specOf("Image") as {
      builder: { name: string };
      serviceAccountName: string;
      build: { services: { name: string }[] };
    };
    expect(named("ClusterBuilder")).toContain(image.builder.name);
    expect(named("ServiceAccount")).toContain(image.serviceAccountName);
    expect(named("Secret")).toEqual(image.build.services.map(({ name }) => name));
  });

  test.each([
    ["Image", ["spec", "cache"], { volume: { request: "2Gi" } }],
    ["Image", ["spec", "cache", "volume"], { size: "2Gi" }],
    ["Image", ["spec", "build", "env", 0, "valueFrom"], { secretKeyRef: {} }],
    ["Image", ["spec", "source", "blob"], { url: "https://example.com/app.zip" }],
    ["Image", ["spec", "tag"], undefined],
    ["Image", ["spec", "successBuildHistoryLimit"], 0],
    ["ClusterBuilder", ["spec", "stack", "kind"], undefined],
    ["ClusterBuilder", ["spec", "serviceAccountRef"], undefined],
    ["ClusterBuilder", ["spec", "order", 0, "group", 0, "image"], "some/image"],
    ["ClusterStack", ["spec", "id"], undefined],
    ["ServiceAccount", ["imagePullSecrets"], []],
    ["Secret", ["type"], "service.binding/other"],
    ["Secret", ["type"], "Opaque"],
  ] as const)("refuses %s with %j changed to %j", (kind, path, value) => {
    const document = resources.find((one) => kindOf(one) === kind);
    expect(problemsOf(kpackSchemas[kind] ?? z.any(), broken(document, path, value))).not.toEqual(
      [],
    );
  });
});

describe("Tekton", () => {
  const [taskDocument = {}] = readYaml("tekton/task.yaml");
  const [pipelineDocument = {}] = readYaml("tekton/pipeline.yaml");
  const [runDocument = {}] = readYaml("tekton/run.yaml");

  test("takes the Task, the Pipeline and a run of it", () => {
    expect(problemsOf(task, taskDocument)).toEqual([]);
    expect(problemsOf(pipeline, pipelineDocument)).toEqual([]);
    expect(problemsOf(pipelineRun, runDocument)).toEqual([]);
  });

  test("gives each of them what it asks for", () => {
    const { metadata, spec } = pipeline.parse(pipelineDocument);
    const run = pipelineRun.parse(runDocument).spec;
    expect(run.pipelineRef.name).toBe(metadata.name);
    expect(disagreements(spec, run)).toEqual([]);
    const build = task.parse(taskDocument);
    for (const one of spec.tasks) {
      const wanted = one.taskSpec ?? build.spec;
      if (one.taskRef) expect(one.taskRef.name).toBe(build.metadata.name);
      expect(disagreements(wanted, one)).toEqual([]);
    }
  });

  test.each([
    [["spec", "steps", 0, "image"], "$(params.OTHER)"],
    [["spec", "steps", 0, "args", 0], "--env=$(params.BUILD_ENV[*])"],
    [["spec", "steps", 1, "name"], "prepare"],
    [["spec", "steps", 1, "securityContext", "runAsUser"], "$(params.USER_ID)"],
    [["spec", "steps", 1, "command"], ["/bin/sh"]],
    [["spec", "volumes"], []],
    [["spec", "workspaces", 0, "name"], "sources"],
    [["spec", "params", 3, "default"], ""],
    [["apiVersion"], "tekton.dev/v1beta1"],
  ] as const)("refuses a Task with %j changed to %j", (path, value) => {
    expect(problemsOf(task, broken(taskDocument, path, value))).not.toEqual([]);
  });

  test("lets a run of the Pipeline set everything that the Task takes", () => {
    const { spec } = pipeline.parse(pipelineDocument);
    const taken = task.parse(taskDocument).spec;
    const names = (items: readonly { name: string }[]) => items.map(({ name }) => name);
    const given = spec.tasks[1];
    expect(names(given?.params ?? []).sort()).toEqual(names(taken.params).sort());
    expect(names(given?.workspaces ?? []).sort()).toEqual(names(taken.workspaces).sort());
    expect(names(spec.params)).toEqual(expect.arrayContaining(names(taken.params)));
  });

  test("sees what a Pipeline gives to a Task that does not ask for it", () => {
    const renamed = broken(pipelineDocument, ["spec", "tasks", 1, "params", 0, "name"], "APP");
    const given = pipeline.parse(renamed).spec.tasks[1];
    expect(
      disagreements(task.parse(taskDocument).spec, given ?? { params: [], workspaces: [] }),
    ).toEqual(["parameter APP is not asked for", "parameter APP_IMAGE is not given"]);
  });
});

describe("GitHub Actions", () => {
  const problems = async (content: string) => {
    const { NoOperationTraceWriter, parseWorkflow } = await loadWorkflowParser();
    const file = { name: "workflow.yml", content };
    const { context } = parseWorkflow(file, new NoOperationTraceWriter());
    return context.errors.getErrors().map(({ message }) => message);
  };
  const workflow = readDeployed("github/workflow.yml");

  test("leaves no token in the files that are built", () => {
    const checkouts = workflow.split("uses: actions/checkout@").slice(1);
    expect(checkouts).toHaveLength(1);
    for (const step of checkouts) {
      expect(step.split("- ")[0]).toMatch(/^ +persist-credentials: false$/m);
    }
  });

  test("takes the workflow, by its own parser", async () => {
    expect(await problems(workflow)).toEqual([]);
  });

  test.each([
    ["runs-on", "runs-in"],
    ["steps:", "step:"],
    ["${{ github.sha }}", "${{ gitlab.sha }}"],
  ])("refuses it with %s as %s", async (before, after) => {
    expect(workflow).toContain(before);
    expect(await problems(workflow.replace(before, after))).not.toEqual([]);
  });
});

describe("GitLab CI", () => {
  const [document = {}] = readYaml("gitlab/.gitlab-ci.yml");

  test("takes the job", () => {
    expect(problemsOf(pipelineOfGitlab, document)).toEqual([]);
    expect(gitlabProblems(document)).toEqual([]);
  });

  test.each([
    [["build-image", "script"], 7],
    [["build-image", "rules"], "always"],
    [["build-image", "image"], 3],
    [["build-image", "when"], "sometimes"],
  ] as const)("is not by GitLab's published schema with %j changed", (path, value) => {
    expect(gitlabProblems(broken(document, path, value))).not.toEqual([]);
  });

  test.each([
    [["build-image", "script"], []],
    [["build-image", "stage"], "image"],
    [["build-image", "enviroment"], "x"],
    [["image"], "x"],
  ] as const)("refuses it with %j changed", (path, value) => {
    expect(problemsOf(pipelineOfGitlab, broken(document, path, value))).not.toEqual([]);
  });
});
