import { createHash } from "node:crypto";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "../../../src/buildpack/build.ts";
import type { RunCommand } from "../../../src/system/command.ts";
import { createFetcher } from "../../../src/system/http/fetcher.ts";
import { stringifyToml } from "../../../src/toml.ts";
import { makeBuildContext } from "./build-context.ts";
import { answerAsRake } from "./fake-rake.ts";
import { copyApp, isKept, type LayersFixture, restoreLayers } from "./layers-fixture.ts";
import { tarballGz } from "../packages/tarball.ts";
import { makeTree, readTree } from "../tree.ts";

const checkout = new URL("../../..", import.meta.url).pathname;

/**
 * Builds the app of a fixture on its restored layers, for Debian 12 on amd64, with no command but
 * stand-ins and no network.
 *
 * @returns what became of each layer that `expected.toml` names, and what the log says of it.
 */
export async function meetLayers(fixture: LayersFixture): Promise<LayersFixture["layers"]> {
  const { layersDir, log } = await buildOnLayers(fixture);
  return await outcome(fixture, layersDir, log);
}

/** The same, up to the layers and the log of the build. */
export async function buildOnLayers(
  fixture: LayersFixture,
): Promise<{ layersDir: string; log: string }> {
  const root = await makeTree();
  const [appDir, layersDir] = [join(root, "app"), join(root, "layers")];
  await copyApp(fixture, appDir);
  await restoreLayers(fixture, layersDir);
  const inventory = fixture.inventory === "another" ? await otherInventory(fixture, root) : {};
  const context = makeBuildContext({
    input: { appDir, layersDir, buildpackDir: checkout },
    userEnv: { ...fixture.env, ...inventory },
    env: { PATH: "/usr/bin", JAVA_HOME: "/layers/test_jvm/jdk" },
    run: commandsOf(fixture),
  });
  await build({ ...context, fetcher: createFetcher({ env: {} }) }).catch((cause: unknown) => {
    throw new Error(`the build failed:\n${context.log()}`, { cause });
  });
  return { layersDir, log: context.log() };
}

async function outcome(fixture: LayersFixture, layersDir: string, log: string) {
  const layers: LayersFixture["layers"] = {};
  for (const [layer, { log: wanted }] of Object.entries(fixture.layers)) {
    const lines = linesOf(log, titles[layer]);
    const said = wanted === undefined || lines.includes(wanted) ? wanted : lines.join("\n");
    const fate = (await isKept(layersDir, layer)) ? "kept" : "rebuilt";
    layers[layer] = said === undefined ? { fate } : { fate, log: said };
  }
  return layers;
}

const titles: Record<string, string> = {
  assets: "Assets",
  bootsnap: "bootsnap",
  bundler: "Bundler",
  gems: "Gems",
  jemalloc: "jemalloc",
  ruby: "Ruby",
  "secret-key-base": "Environment",
};

/** The lines of a section, without what differs from one build to the next. */
function linesOf(log: string, title: string | undefined): string[] {
  const lines = log.split("\n");
  const start = lines.indexOf(`- ${title}`);
  const length = lines.slice(start + 1).findIndex((line) => !line.startsWith("  "));
  const own = start < 0 ? [] : lines.slice(start + 1, start + 1 + length);
  return own.map((line) =>
    line
      .trim()
      .replace(/^- /, "")
      .replaceAll(/`[0-9a-f]{8,64}`/g, "`…`"),
  );
}

/** Stand-ins for what a build runs: each leaves what it left in the recorded build. */
function commandsOf({ directory }: LayersFixture): RunCommand {
  const answers: [command: RegExp, output: string][] = [
    [/\/java -version/, 'openjdk version "17.0.15" 2025-04-15'],
    [/RUBY_DESCRIPTION/, "ruby 3.3.8 (2025-04-09 revision b200bad6cd) [x86_64-linux]"],
    [/jemalloc\.sh/, "libjemalloc.so.2"],
  ];
  const rake = { tasks: ["assets:precompile", "assets:clean"], run: async () => silent };
  return async (request) => {
    const { file, args, env } = request;
    const command = [file, ...args].join(" ");
    const raked = await answerAsRake(request, rake);
    if (raked) return raked;
    const gems = env["GEM_HOME"];
    if (gems && command === "bundle install") {
      await cp(join(directory, "layers/gems"), gems, { recursive: true });
    }
    const stdout = answers.find(([pattern]) => pattern.test(command))?.[1] ?? "";
    return { exitCode: 0, stdout, stderr: "", lines: stdout.split("\n") };
  };
}

const silent = { exitCode: 0, stdout: "", stderr: "", lines: [] };

/** Another operator's inventory: other archives of the same versions. */
async function otherInventory({ directory }: LayersFixture, root: string) {
  const versions = { ruby: "3.3.8", jemalloc: "5.3.1" };
  const artifacts = Object.entries(versions).map(async ([name, version]) => {
    const files = await readTree(join(directory, "layers", name)).catch(() => ({}));
    const entries = Object.entries(files).map(([path, body]) => ({ path, body }));
    const archive = tarballGz(entries);
    await writeFile(join(root, `${name}.tgz`), archive);
    return { name, version, kind: "prebuilt", url: `${name}.tgz`, sha256: sha256Of(archive) };
  });
  const text = stringifyToml({ artifacts: await Promise.all(artifacts) });
  await writeFile(join(root, "inventory.toml"), text);
  const url = pathToFileURL(join(root, "inventory.toml")).href;
  return { BP_INVENTORY: `${url}#sha256=${sha256Of(text)}` };
}

function sha256Of(bytes: string | Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
