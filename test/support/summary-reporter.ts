import type { Reporter, TestCase, TestModule } from "vitest/node";

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
    for (const line of conformanceLines(tests)) write(line);
    const failed = count("failed") + brokenModules;
    write(`${count("passed")} passed, ${failed} failed, ${notShown.length} skipped`);
  }
}

/** Of each area of the conformance stories, in how many the local platform answers as the real lifecycle. */
function conformanceLines(tests: readonly TestCase[]): string[] {
  const outcomes = tests.flatMap((test) => test.meta().conformance ?? []);
  const areas = [...new Set(outcomes.map(({ area }) => area))].sort();
  const lineOf = (name: string, all: typeof outcomes) => {
    const agree = all.filter(({ outcome }) => outcome === "agrees").length;
    return `conformance, ${name}: ${agree} agree, ${all.length - agree} deviate, ${all.length} in total`;
  };
  const lines = areas.map((name) =>
    lineOf(
      name,
      outcomes.filter(({ area }) => area === name),
    ),
  );
  return outcomes.length > 0 ? [...lines, lineOf("all areas", outcomes)] : [];
}
