import { expect, test } from "vitest";
import { withoutWorkflowCommands } from "../../../src/output/workflow-commands.ts";

async function printed(env: Record<string, string>, work: (print: (text: string) => void) => void) {
  let log = "";
  const print = (text: string) => void (log += text);
  await withoutWorkflowCommands(env, print, async () => work(print)).catch(() => {});
  return log;
}

test("stops workflow commands while an app prints, also if the work fails", async () => {
  const hostile = (print: (text: string) => void) => {
    print("::add-path::/evil\n");
    throw new Error("failed");
  };
  const log = await printed({ GITHUB_ACTIONS: "true" }, hostile);
  expect(log).toMatch(/^::stop-commands::([0-9a-f-]{36})\n::add-path::\/evil\n::\1::\n$/);
});

test("prints nothing outside of GitHub Actions", async () => {
  expect(await printed({}, (print) => print("a\n"))).toBe("a\n");
});
