import type { Reporter, TestModule } from "vitest/node";

/**
 * Ends a run with one line that any machine can read, and names each test that this machine could
 * not show, with the reason, so that nothing is skipped in silence.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const notShown = tests.filter((test) => test.result().state === "skipped");
    const brokenModules = modules.filter((module) => module.errors().length > 0).length;
    const write = (line: string) => process.stdout.write(`${line}\n`);
    write("");
    for (const test of notShown) {
      const result = test.result();
      const reason = result.state === "skipped" ? (result.note ?? "no reason given") : "";
      write(`not shown: ${test.fullName} (${reason})`);
    }
    write(`${notShown.length} not shown`);
    const failed = count("failed") + brokenModules;
    write(`${count("passed")} passed, ${failed} failed, ${notShown.length} skipped`);
  }
}
