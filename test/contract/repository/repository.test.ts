import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { loadWorkflowParser } from "../../support/manifests/github.ts";
import { brokenRules, makeValidator, readPublished } from "../../support/published-schema.ts";

const checkout = resolve(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(checkout, path), "utf8");
const manifest = JSON.parse(read("package.json")) as {
  scripts: Record<string, string>;
  optionalDependencies: Record<string, string>;
};

function problems(schema: string, text: string): string[] {
  const path = `schemas/json/${schema}.json`;
  // Some name draft-04, which the validator does not know by that name; the keywords they use are newer.
  const { $schema: _, ...rules } = readPublished("schemastore", path) as { $schema?: string };
  return brokenRules(makeValidator(), rules, parse(text));
}

describe("continuous integration", () => {
  const workflow = read(".github/workflows/ci.yml");

  const errorsIn = async (content: string) => {
    const { NoOperationTraceWriter, parseWorkflow } = await loadWorkflowParser();
    const file = { name: "ci.yml", content };
    const { context } = parseWorkflow(file, new NoOperationTraceWriter());
    return context.errors.getErrors().map(({ message }) => message);
  };

  test("is a workflow that GitHub accepts", async () => {
    expect(await errorsIn(workflow)).toEqual([]);
    expect(await errorsIn(workflow.replace("runs-on", "runs-in"))).not.toEqual([]);
    expect(await errorsIn(workflow.replace("github.ref", "github.reff.x("))).not.toEqual([]);
  });

  test("runs what the README says, with the Node of .nvmrc", () => {
    const { jobs } = parse(workflow) as {
      jobs: Record<string, { steps: { run?: string; with?: Record<string, string> }[] }>;
    };
    const steps = Object.values(jobs).flatMap((job) => job.steps);
    const commands = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
    expect(commands).toContain("npm ci && npm test");
    expect(read("README.md")).toContain("\nnpm ci && npm test\n");
    const files = steps.flatMap(({ with: inputs }) => inputs?.["node-version-file"] ?? []);
    expect(files).toEqual([".nvmrc", ".nvmrc"]);
  });

  test("the Node of .nvmrc is the one that is shipped", () => {
    const versions = Object.values(manifest.optionalDependencies);
    expect([...new Set(versions)]).toEqual([read(".nvmrc").trim()]);
  });
});

describe("files that GitHub reads", () => {
  test("dependabot.yml updates npm packages and actions", () => {
    const text = read(".github/dependabot.yml");
    expect(problems("dependabot-2.0", text)).toEqual([]);
    expect(problems("dependabot-2.0", text.replace("weekly", "sometimes"))).not.toEqual([]);
    const { updates } = parse(text) as { updates: { "package-ecosystem": string }[] };
    expect(updates.map((one) => one["package-ecosystem"])).toEqual(["npm", "github-actions"]);
  });

  const forms = readdirSync(join(checkout, ".github/ISSUE_TEMPLATE"));
  test.each(forms.filter((name) => name !== "config.yml"))("%s is an issue form", (name) => {
    const text = read(`.github/ISSUE_TEMPLATE/${name}`);
    expect(problems("github-issue-forms", text)).toEqual([]);
    expect(problems("github-issue-forms", text.replace("body:", "boddy:"))).not.toEqual([]);
  });

  test("config.yml of the issue forms is valid", () => {
    expect(problems("github-issue-config", read(".github/ISSUE_TEMPLATE/config.yml"))).toEqual([]);
  });
});
