import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import glob from "fast-glob";
import { describe, expect, test } from "vitest";

const checkout = resolve(import.meta.dirname, "../..");

const ground = ["failure.ts", "system", "output"];
const topic = [
  ...ground,
  "toml.ts",
  "settings.ts",
  "procfile.ts",
  "cnb",
  "ruby",
  "artifacts",
  "sbom",
];
const platformGround = [...ground, "toml.ts", "cnb", "oci"];
const lifecycle = [...platformGround, "platform/sandbox", "platform/state", "platform/report"];
const launch = [...lifecycle, "platform/lifecycle"];
const platformRooms = [
  ...["sandbox", "state", "report", "lifecycle", "launch", "export", "rebase", "inspect", "inputs"],
].map((room) => `platform/${room}`);
const platform = [...platformGround, ...platformRooms];

// Each room, and the rooms that it may import besides itself. The topics of a build and their doors
// to each other follow below.
const mayImport: Record<string, readonly string[]> = {
  "failure.ts": [],
  "procfile.ts": [],
  "settings.ts": [],
  "toml.ts": ["toml-date.ts"],
  "toml-date.ts": [],
  system: ["failure.ts"],
  ruby: ["failure.ts"],
  output: ["failure.ts", "system"],
  cnb: ["failure.ts", "toml.ts", "system"],
  artifacts: [...ground, "toml.ts", "settings.ts", "cnb", "ruby", "oci"],
  sbom: ["ruby", "system"],
  buildpack: topic,
  oci: ["failure.ts", "system"],
  package: [...ground, "toml.ts", "cnb", "oci", "sbom"],
  "platform/sandbox": platformGround,
  "platform/state": platformGround,
  "platform/inputs": [...platformGround, "platform/sandbox"],
  "platform/report": [...platformGround, "platform/sandbox"],
  "platform/lifecycle": lifecycle,
  "platform/launch": launch,
  "platform/export": [...launch, "platform/launch"],
  "platform/inspect": [...lifecycle, "platform/lifecycle", "platform/export"],
  "platform/rebase": [...lifecycle, "platform/lifecycle", "platform/export"],
  "classic/compiler": [...platform, "procfile.ts", "classic"],
  "classic/adapter": [...platform, "classic", "ruby"],
  classic: platform,
  "report-page": ["output"],
  cli: [...platform, "report-page", "classic", "classic/compiler", "artifacts", "package"],
  main: [...topic, ...platformRooms, "buildpack", "classic/adapter", "cli", "package"],
};

describe("import directions", () => {
  test("every import goes to a room that the importing room may know", () => {
    const forbidden = edges().filter((edge) => !goesToAllowedRoom(edge));
    expect(forbidden.map(describeEdge)).toEqual([]);
  });

  test("topics of a build import each other only through the file that is named like the topic", () => {
    const forbidden = edges().filter((edge) => !respectsTopics(edge));
    expect(forbidden.map(describeEdge)).toEqual([]);
  });

  test("no room may import a room that imports it, not even through others", () => {
    expect(Object.keys(mayImport).filter((room) => roomsBelow(room).has(room))).toEqual([]);
  });

  test("only src/toml.ts imports the TOML package", () => {
    expect(importersOf("@iarna/toml")).toEqual(["src/toml.ts"]);
  });

  test("only src/system runs commands and talks to servers", () => {
    const doors = ["execa", "undici", "node:child_process"].flatMap(importersOf);
    expect(doors.filter((file) => !file.startsWith("src/system/"))).toEqual([]);
  });

  test("only src/oci/tar-reader.ts unpacks with the tar package", () => {
    const importers = sources().filter((file) => /^import \{.*from "tar"/m.test(read(file)));
    expect(importers).toEqual(["src/oci/tar-reader.ts"]);
  });

  test("only src/main reads process.argv, process.env, process.cwd or exits", () => {
    const readers = sources()
      .filter((file) => /\bprocess\.(argv|env|cwd|exit|exitCode|stdout|stderr)\b/.test(read(file)))
      .filter((file) => !file.startsWith("src/main/"));
    expect(readers).toEqual([]);
  });
});

describe("the rule for topics", () => {
  const gemsLayer = "src/buildpack/gems/gems-layer.ts";
  const gems = "src/buildpack/gems/gems.ts";

  test.each([
    ["another topic", "src/buildpack/assets/rake.ts", gemsLayer],
    ["build.ts", "src/buildpack/build.ts", gemsLayer],
    ["detect.ts", "src/buildpack/detect.ts", "src/buildpack/project/find-app.ts"],
    ["the order of installation", "src/buildpack/install.ts", gemsLayer],
    ["its own topic, through the public file", gemsLayer, gems],
  ])("forbids an import by %s", (_, from, to) => {
    expect(respectsTopics({ from, to })).toBe(false);
  });

  test.each([
    ["another topic, through the public file", "src/buildpack/assets/rake.ts", gems],
    ["build.ts, through the public file", "src/buildpack/build.ts", gems],
    ["its own topic", gems, gemsLayer],
    ["a topic, of a file that all topics share", gemsLayer, "src/buildpack/machine-keys.ts"],
  ])("allows an import by %s", (_, from, to) => {
    expect(respectsTopics({ from, to })).toBe(true);
  });
});

/** An import, by the paths of both files in the checkout. */
interface Edge {
  from: string;
  to: string;
}

function edges(): Edge[] {
  return sources().flatMap((from) =>
    importsOf(from)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => ({
        from,
        to: relative(checkout, resolve(checkout, dirname(from), specifier)),
      })),
  );
}

function describeEdge({ from, to }: Edge): string {
  return `${from} imports ${to}`;
}

function goesToAllowedRoom({ from, to }: Edge): boolean {
  const [room, other] = [roomOf(from), roomOf(to)];
  return room === other || (mayImport[room] ?? []).includes(other);
}

/** Other topics' files are imported through their public file, those of the same topic directly. */
function respectsTopics({ from, to }: Edge): boolean {
  if (!from.startsWith("src/buildpack/") || topicOf(to) === undefined) return true;
  return isPublic(to) !== (topicOf(from) === topicOf(to));
}

/** `gems` for `src/buildpack/gems/gems-layer.ts`; none for a file that all topics share. */
function topicOf(file: string): string | undefined {
  return /^src\/buildpack\/([^/]+)\//.exec(file)?.[1];
}

function isPublic(file: string): boolean {
  const topic = topicOf(file);
  return topic !== undefined && file === `src/buildpack/${topic}/${topic}.ts`;
}

/** All rooms that a room may import, those that they may import included. */
function roomsBelow(room: string, seen = new Set<string>()): Set<string> {
  for (const below of mayImport[room] ?? []) {
    if (seen.has(below)) continue;
    seen.add(below);
    roomsBelow(below, seen);
  }
  return seen;
}

function roomOf(file: string): string {
  const parts = file.split("/").slice(1);
  const nested = parts.slice(0, 2).join("/");
  return nested in mayImport && parts.length > 2 ? nested : (parts[0] ?? "");
}

function importersOf(name: string): string[] {
  return sources().filter((file) => importsOf(file).includes(name));
}

function importsOf(file: string): string[] {
  const pattern = /(?:from|import)\s*\(?\s*"([^"]+)"/g;
  return [...read(file).matchAll(pattern)].map((match) => match[1] ?? "");
}

function sources(): string[] {
  return glob.sync("src/**/*.ts", { cwd: checkout }).sort();
}

function read(file: string): string {
  return readFileSync(join(checkout, file), "utf8");
}
