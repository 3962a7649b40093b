import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { registryEntry } from "../../../scripts/release/registry-entry.ts";
import { slowTests } from "../../../scripts/slow-tests.ts";
import { runCommand } from "../../../src/system/command.ts";
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

interface Workflow {
  jobs: Record<
    string,
    { needs?: string | string[]; permissions?: Record<string, string>; steps: Step[] }
  >;
}

interface Step {
  run?: string;
  uses?: string;
  with?: Record<string, string>;
}

async function errorsIn(content: string): Promise<string[]> {
  const { NoOperationTraceWriter, parseWorkflow } = await loadWorkflowParser();
  const { context } = parseWorkflow({ name: "w.yml", content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}

const workflows = readdirSync(join(checkout, ".github/workflows"));
const stepsOf = (text: string) =>
  Object.values((parse(text) as Workflow).jobs).flatMap(({ steps }) => steps);

describe.each(workflows)("the workflow %s", (name) => {
  const workflow = read(`.github/workflows/${name}`);

  test("is one that GitHub accepts", async () => {
    expect(await errorsIn(workflow)).toEqual([]);
    expect(await errorsIn(workflow.replace("runs-on", "runs-in"))).not.toEqual([]);
    expect(await errorsIn(workflow.replace(/group: .*/, "group: ${{ x( }}"))).not.toEqual([]);
  });

  test("names actions by the digest of a commit, and says which version that is", () => {
    const used = workflow.match(/^.*uses: .*$/gm) ?? [];
    expect(used.length).toBeGreaterThan(0);
    const pinned = /uses: [\w.-]+(\/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
    expect(used.filter((line) => !pinned.test(line))).toEqual([]);
  });

  test("leaves no token in .git", () => {
    const checkouts = stepsOf(workflow).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThan(0);
    expect(checkouts.map((step) => step.with?.["persist-credentials"])).toEqual(
      checkouts.map(() => false),
    );
  });

  test("runs shell scripts that bash can parse, without expressions in them", async () => {
    const scripts = stepsOf(workflow).flatMap(({ run }) => (run === undefined ? [] : [run]));
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
    const results = await Promise.all(
      scripts.map(async (script) => {
        const env = { PATH: process.env["PATH"] ?? "" };
        return await runCommand({ file: "bash", args: ["-n", "-c", script], cwd: checkout, env });
      }),
    );
    expect(results.flatMap(({ lines }) => lines)).toEqual([]);
  });

  test("runs only scripts that package.json has", () => {
    const named = [...workflow.matchAll(/npm run (?:--silent )?([a-z:-]+)/g)].map(
      ([, one = ""]) => one,
    );
    expect(named.filter((script) => !(script in manifest.scripts))).toEqual([]);
  });
});

describe("the release", () => {
  const { jobs } = parse(read(".github/workflows/release.yml")) as Workflow;

  test("publishes only after the tests, and after every builder has built the samples", () => {
    expect(jobs["publish"]?.needs).toEqual(["test", "try"]);
    expect(jobs["try"]?.needs).toBe("package");
    expect(jobs["test"]?.steps.map(({ run }) => run)).toContain("npm ci && npm test");
    const writers = Object.entries(jobs).filter(([, { permissions }]) => permissions);
    expect(writers.map(([name]) => name)).toEqual(["publish"]);
  });

  test("asks the registry for what `npm run registry-entry` prints from its fourth line on", () => {
    const image = `ghcr.io/gems/lapidary-ruby@sha256:${"0".repeat(64)}`;
    const { path, line, request } = registryEntry("lapidary/ruby", "1.2.3", image);
    const printed = `${path}\n${line}\n\n${request.title}\n${request.body}\n`.split("\n");
    expect(printed[3]).toBe("ADD lapidary/ruby@1.2.3");
    expect(printed[4]).toBe("```");
  });
});

describe("continuous integration", () => {
  const workflow = read(".github/workflows/ci.yml");

  test("runs what the README says, with the Node of .nvmrc", () => {
    const steps = stepsOf(workflow);
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

test("the tests that `npm run check` leaves out exist", () => {
  expect(slowTests.filter((path) => !existsSync(join(checkout, path)))).toEqual([]);
});
