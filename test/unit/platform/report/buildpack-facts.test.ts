import { describe, expect, test } from "vitest";
import { makePlatform } from "../../../support/builds/local-platform.ts";
import { makeBuildpack } from "../../../support/buildpacks/tiny-buildpack.ts";

const facts = JSON.stringify({
  steps: [
    {
      ...{ title: "Gems", start: 5, duration: 7, notes: ["a note"], warnings: ["Do this."] },
      commands: [{ text: "bundle install", start: 6, duration: 2, failed: false }],
    },
  ],
  layers: [{ name: "gems", because: ["the lockfile changed"] }],
  gems: [{ name: "rack", version: "3.0.0", bytes: 12, compiled: false }],
});

const tell = `printf '%s' '${facts}' > "$LAPIDARY_BUILD_FACTS"`;

async function reportOf(build: string, wantsFacts = true) {
  const platform = await makePlatform();
  const buildpack = await makeBuildpack({ build });
  return (await platform.build([buildpack], { wantsFacts })).report;
}

describe("the facts that a buildpack tells", () => {
  test("stand in the report, at their times in the whole build", async () => {
    const report = await reportOf(`layer gems launch\n${tell}`);
    const [run] = report.runs;
    expect(run?.buildpack).toBe("test/one");
    const [step] = run?.steps ?? [];
    expect((step?.start ?? 0) - (run?.start ?? 0)).toBe(5);
    expect(step?.commands[0]?.start).toBe((run?.start ?? 0) + 6);
    expect(report.gems).toMatchObject([{ name: "rack", bytes: 12 }]);
    expect(report.layers).toMatchObject([{ name: "gems", because: ["the lockfile changed"] }]);
    expect(report.warnings).toEqual([{ from: "test/one", step: "Gems", text: "Do this." }]);
  });

  test("are not asked for if nobody wants them", async () => {
    const report = await reportOf(`[ -z "\${LAPIDARY_BUILD_FACTS-}" ]`, false);
    expect(report.runs).toMatchObject([{ buildpack: "test/one", steps: [] }]);
  });

  test.each([
    ["are no JSON", 'echo no > "$LAPIDARY_BUILD_FACTS"'],
    ["have another shape", `echo '{"steps": 1}' > "$LAPIDARY_BUILD_FACTS"`],
    ["are a link", `printf '%s' '${facts}' > file; ln -s "$PWD/file" "$LAPIDARY_BUILD_FACTS"`],
    ["are a directory", 'mkdir "$LAPIDARY_BUILD_FACTS"'],
    ["are a pipe", 'mkfifo "$LAPIDARY_BUILD_FACTS"'],
    [
      "stand behind a link",
      `dir=$(dirname "$LAPIDARY_BUILD_FACTS"); rm -r "$dir"; ln -s "$PWD" "$dir"; printf '%s' '${facts}' > facts.json`,
    ],
    [
      "are too long",
      `printf '%s' '${facts}' > "$LAPIDARY_BUILD_FACTS"; head -c 9000000 /dev/zero | tr '\\0' ' ' >> "$LAPIDARY_BUILD_FACTS"`,
    ],
  ])("count as nothing if they %s", async (_, build) => {
    const report = await reportOf(`layer gems launch\n${build}`);
    expect(report).toMatchObject({ gems: [], warnings: [], runs: [{ steps: [] }] });
    expect(report.layers[0]).not.toHaveProperty("because");
  });

  test("leave nothing in the image", async () => {
    const platform = await makePlatform();
    const { report } = await platform.build([await makeBuildpack({ build: tell })], {
      wantsFacts: true,
    });
    expect(report.layers).toEqual([]);
    expect(report.gems).toHaveLength(1);
  });
});

test("the report has the phases that ran, in their order", async () => {
  const { timeline, durations } = await reportOf("");
  expect(timeline.map(({ name }) => name)).toEqual([
    "prepare",
    "detect",
    "restore",
    "build",
    "store",
  ]);
  for (const { name, duration } of timeline) expect(durations).toMatchObject({ [name]: duration });
});

test("the report has the variables of launch layers, without values that may be secret", async () => {
  const report = await reportOf(`
    layer vars launch
    mkdir -p "$CNB_LAYERS_DIR/vars/env.launch/web" "$CNB_LAYERS_DIR/vars/env.build" "$CNB_LAYERS_DIR/vars/env"
    printf production > "$CNB_LAYERS_DIR/vars/env/RAILS_ENV.default"
    printf abc > "$CNB_LAYERS_DIR/vars/env.launch/SECRET_KEY_BASE.default"
    printf 3 > "$CNB_LAYERS_DIR/vars/env.launch/web/THREADS"
    printf no > "$CNB_LAYERS_DIR/vars/env.build/ONLY_BUILD"
  `);
  const from = { buildpack: "test/one", layer: "vars" };
  expect(report.environment).toEqual([
    { name: "RAILS_ENV", value: "production", behavior: "default", ...from },
    { name: "SECRET_KEY_BASE", behavior: "default", ...from },
    { name: "THREADS", value: "3", behavior: "override", process: "web", ...from },
  ]);
});
