import { describe, expect, test } from "vitest";
import { type Launch, launchCodec, type Process, writeLaunch } from "../../../src/cnb/launch.ts";
import { parseProcessType } from "../../../src/cnb/names.ts";
import { parseToml } from "../../../src/toml.ts";
import { makeTree, readTree } from "../../support/tree.ts";

const nothing: Launch = { labels: [], processes: [], slices: [] };

const processOf = (type: string, more: Partial<Process> = {}): Process => ({
  type: parseProcessType(type),
  command: ["bundle", "exec", "puma"],
  args: [],
  default: false,
  ...more,
});

async function written(launch: Partial<Launch>): Promise<unknown> {
  const layers = await makeTree();
  await writeLaunch(layers, { ...nothing, ...launch });
  return parseToml((await readTree(layers))["launch.toml"] ?? "missing");
}

async function problemOf(launch: Partial<Launch>): Promise<string> {
  const layers = await makeTree();
  const error: unknown = await writeLaunch(layers, { ...nothing, ...launch }).catch(
    (error: unknown) => error,
  );
  expect(error).toMatchObject({ failure: { code: "cnb/file-invalid" } });
  expect(await readTree(layers)).toEqual({});
  return (error as { failure: { problem: string } }).failure.problem;
}

describe("launch.toml (TOML), processes", () => {
  test("writes all that a process has", async () => {
    const web = processOf("web", {
      args: ["--port", "3000"],
      default: true,
      workingDir: "/workspace/api",
    });
    expect(await written({ processes: [web, processOf("worker")] })).toEqual({
      processes: [
        {
          type: "web",
          command: ["bundle", "exec", "puma"],
          args: ["--port", "3000"],
          default: true,
          "working-dir": "/workspace/api",
        },
        { type: "worker", command: ["bundle", "exec", "puma"], default: false },
      ],
    });
  });

  test("refuses two processes of one type", async () => {
    expect(await problemOf({ processes: [processOf("web"), processOf("web")] })).toMatch(/`web`/);
  });

  test("refuses two defaults", async () => {
    const processes = ["web", "worker"].map((type) => processOf(type, { default: true }));
    expect(await problemOf({ processes })).toMatch(/default/);
  });

  test.each([[[]], [[""]]])("refuses the command %j", async (command) => {
    expect(await problemOf({ processes: [processOf("web", { command })] })).toMatch(
      /`web` has no program/,
    );
  });

  test("refuses a type that the spec does not allow", async () => {
    const process = { ...processOf("web"), type: "web server" as Process["type"] };
    expect(await problemOf({ processes: [process] })).toMatch(/`web server`/);
  });
});

describe("launch.toml (TOML), reading", () => {
  test("fills in defaults of a process", () => {
    expect(launchCodec.parse({ processes: [{ type: "web", command: ["puma"] }] })).toEqual({
      labels: [],
      slices: [],
      processes: [{ type: "web", command: ["puma"], default: false }],
    });
  });

  test.each([
    ["`direct`", { type: "web", command: ["puma"], direct: true }, "processes.0.direct"],
    ["a command that is a string", { type: "web", command: "puma" }, "processes.0.command"],
  ])("refuses %s", (_, process, path) => {
    const { error } = launchCodec.safeParse({ processes: [process] });
    expect(error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });

  test("reads what it writes", async () => {
    const launch: Launch = {
      labels: [{ key: "a", value: "b" }],
      processes: [processOf("web", { workingDir: "api", args: ["x"] })],
      slices: [{ paths: ["public/assets"] }],
    };
    expect(launchCodec.parse(await written(launch))).toEqual(launch);
  });
});

describe("launch.toml (TOML), labels", () => {
  test("writes keys and values", async () => {
    expect(await written({ labels: [{ key: "ruby.version", value: "3.4.5" }] })).toEqual({
      labels: [{ key: "ruby.version", value: "3.4.5" }],
    });
  });

  test("refuses two labels of one key", async () => {
    const label = { key: "a", value: "b" };
    expect(await problemOf({ labels: [label, label] })).toMatch(/`a`/);
  });
});

describe("launch.toml (TOML), slices", () => {
  test("writes globs", async () => {
    expect(await written({ slices: [{ paths: ["public/assets", "*.html"] }] })).toEqual({
      slices: [{ paths: ["public/assets", "*.html"] }],
    });
  });

  test.each(["/workspace/public", "../x", "a/../../x", "public/**/*.js"])(
    "refuses %s, which no lifecycle matches inside the app",
    async (glob) => {
      expect(await problemOf({ slices: [{ paths: [glob] }] })).toContain(glob);
    },
  );
});

describe("launch.toml (TOML)", () => {
  test("is empty if there is nothing to launch", async () => {
    expect(await written({})).toEqual({});
  });
});
