import { expect, test } from "vitest";
import { formatBytes, printBuildSummary } from "../../../src/output/build-summary.ts";
import { createPrinter } from "../../../src/output/printer.ts";
import { createStyle } from "../../../src/output/style.ts";

async function printed(summary: Parameters<typeof printBuildSummary>[1]): Promise<string> {
  let log = "";
  const clock = { now: () => 0, today: () => "2024-01-01" };
  const write = (text: string) => {
    log += text;
  };
  await printBuildSummary(
    createPrinter({ write, style: createStyle(false), clock, debug: false }),
    summary,
  );
  return log;
}

const durations = { detect: 100, build: 61_000, total: 61_400 };

test("tells processes as one would type them, layers with size and fate, and the time", async () => {
  const layer = { buildpack: "a", types: { launch: true, build: false, cache: true } };
  const log = await printed({
    processes: [
      { type: "job", command: ["bash", "-c", "it's $HOME"], args: [] },
      { type: "web", command: ["bin/rails", "server"], args: ["--port", "80"] },
      { type: "script", command: ["sh", "-c", "one || two; ".repeat(8)], args: [] },
    ],
    defaultProcess: "web",
    layers: [{ ...layer, name: "gems", bytes: 121_340_000, fate: "reused" }],
    durations,
  });
  expect(log).toBe(`- Processes
  - \`job\`: bash -c 'it'\\''s $HOME'
  - \`web\` (default): bin/rails server --port 80
  - \`script\`
- Layers
  - \`gems\`: reused, 121.3 MB (launch, cache)
- Time
  - \`61.4s\` in total: detect 0.1s, build 61.0s
`);
});

test("names the buildpack of each layer where there are several", async () => {
  const layer = {
    name: "l",
    types: { launch: true, build: false, cache: false },
    bytes: 0,
    fate: "created",
  };
  const layers = [
    { ...layer, buildpack: "a" },
    { ...layer, buildpack: "b" },
  ];
  const log = await printed({ processes: [], layers, durations });
  expect(log).toContain("  - `a:l`: created, 0 B (launch)\n  - `b:l`: created, 0 B (launch)\n");
  expect(log).toContain("None: the image has no default command");
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [1_500_000, "1.5 MB"],
  [2_000_000_000, "2.0 GB"],
  [5e12, "5000.0 GB"],
])("%i bytes read as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
