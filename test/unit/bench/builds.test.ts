import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { middleSample } from "../../bench/builds/app-builds.ts";
import { measureBuilds } from "../../bench/builds/builds.ts";
import { scenarios } from "../../bench/builds/scenarios.ts";
import type { Subject } from "../../bench/builds/subjects.ts";
import { addToTree, makeTree, readTree } from "../../support/tree.ts";

const report = {
  durations: { detect: 100, build: 2000, total: 2200 },
  layers: [
    {
      ...{ buildpack: "test/one", name: "gems", fate: "created" },
      types: { launch: true, build: true, cache: true },
    },
  ],
  image: { layers: [{ bytes: 30, reused: false }] },
};
const types = { launch: true, build: true, cache: true, sha: "sha256:1" };
const cache = { buildpacks: [{ key: "test/one", version: "1", layers: { gems: types } }] };

/** A program that notes what it finds and with which options it is called, and leaves a build. */
function program(root: string): string {
  return `#!/bin/sh
name=$(basename "$0") options= store=
for word; do case $word in --*) options="$options $word" ;; esac; done
shift; app=$1; shift
while [ $# -gt 0 ]; do
  case $1 in
  --state) state=$2 ;; --image) image=\${2#oci:} ;; --report) report=$2 ;; --gem-store) store=$2 ;;
  esac
  shift
done
found="$([ -e "$state" ] && echo " state")$([ -e "$image" ] && echo " image")"
[ -z "$store" ] || found="$found$([ -e "$store" ] && echo " full" || echo " empty") store"
echo "$name:$found, $(tail -n 1 "$app/Gemfile")" >>"${root}/calls"
if [ "$name" = broken ]; then echo "no space left"; exit 1; fi
[ -z "$store" ] || mkdir -p "$store"
mkdir -p "$image" "$state/builds/1/image/layers/test_one/gems"
[ -e "$state/current" ] || ln -s builds/1 "$state/current"
echo 12345 >"$state/builds/1/image/layers/test_one/gems/file"
cp "${root}/build.json" "${root}/cache.json" "${root}/labels.json" "$state/builds/1"
cp "${root}/report.json" "$report"
`;
}

async function makeBench(names: readonly string[]) {
  const root = await makeTree({
    "app/Gemfile": 'gem "rack"\n',
    "app/Gemfile.lock": "GEM\n  specs:\n    rack (3.1.8)\n\nDEPENDENCIES\n  rack\n",
    "build.json": '{"platformApi":"0.12","inside":{"app":"/workspace","layers":"/layers"}}',
    "labels.json": "{}",
    "cache.json": JSON.stringify(cache),
    "report.json": JSON.stringify(report),
    "mirror/ruby-3.3.8-debian-12-amd64.tgz": "",
  });
  const subjects: Subject[] = [];
  for (const name of names) {
    const command = join(root, name);
    await addToTree(root, { [name]: program(root) });
    await chmod(command, 0o755);
    const options = new Set(name === "now" ? ["--gem-store"] : []);
    const role = name === "now" ? "now" : "base";
    subjects.push({ name: role, title: name, command, options, words: () => [] });
  }
  const mirror = { directory: join(root, "mirror"), inventory: "", inventoryAt: () => "" };
  const roots = { buildRoot: "/", runRoot: "/" };
  const world = { mirror: { ...mirror, missing: [] }, ...roots, ruby: "3.3.8", newer: undefined };
  const printed: string[] = [];
  const measure = async (only: readonly string[], rounds: number) =>
    await measureBuilds(
      { name: "shop", directory: join(root, "app") },
      {
        ...{ world, directory: join(root, "work"), subjects, rounds },
        scenarios: scenarios.filter(({ name }) => only.includes(name)),
        onSample: (line) => printed.push(line),
      },
    );
  const calls = async () => (await readTree(root))["calls"]?.trimEnd().split("\n");
  return { measure, calls, printed };
}

test("builds in each scenario with each subject in turn, and each finds what it should", async () => {
  const { measure, calls } = await makeBench(["old", "now"]);
  await measure(["cold", "gem"], 2);
  const round = [
    ...['old:, gem "rack"', 'now:, gem "rack"'],
    ...['old: state image, gem "paint"', 'now: state image, gem "paint"'],
  ];
  expect(await calls()).toEqual([...round, ...round]);
});

test("makes the builds that a scenario needs, without counting them", async () => {
  const { measure, calls } = await makeBench(["old", "now"]);
  const { samples } = await measure(["lost-cache"], 2);
  const start = ['now:, gem "rack"', 'now: empty store, gem "rack"'];
  const measured = 'now: image full store, gem "rack"';
  // What has no gem store is not built.
  expect(await calls()).toEqual([...start, measured, measured]);
  expect([...samples].map(([key, { length }]) => [key, length])).toEqual([["lost-cache/now", 2]]);
});

test("a sample has the times of the report, and the layers that were restored and exported", async () => {
  const { measure } = await makeBench(["now"]);
  const builds = await measure(["cold", "unchanged"], 1);
  const first = middleSample(builds, { name: "cold" }, { name: "now" });
  const unchanged = middleSample(builds, { name: "unchanged" }, { name: "now" });
  expect(first?.restored).toEqual({ files: 0, bytes: 0 });
  expect(unchanged).toMatchObject({
    ...{ detect: 100, build: 2000, restored: { files: 1, bytes: 6 } },
    ...{ exported: { files: 1, bytes: 6 }, pushed: { layers: 1, bytes: 30 } },
  });
});

test("a build that fails is named with its last line, and the others are measured", async () => {
  const { measure, printed } = await makeBench(["broken", "now"]);
  const { failures, samples } = await measure(["cold"], 1);
  expect(failures).toEqual(["shop, first build, broken: no space left"]);
  expect([...samples.keys()]).toEqual(["cold/now"]);
  expect(printed).toContainEqual(expect.stringMatching(/broken, round 1: failed:\n[^]*no space/));
});

test("a scenario that is not possible is left out, and says why", async () => {
  const { measure, calls } = await makeBench(["now"]);
  const { leftOut } = await measure(["controller", "ruby"], 1);
  expect(leftOut).toEqual([
    "one line of a controller: the app has no app/controllers/application_controller.rb",
    "newer Ruby: there is no binary of a newer Ruby than 3.3.8",
  ]);
  // The build before the change that was not possible.
  expect(await calls()).toEqual(['now:, gem "rack"']);
});
