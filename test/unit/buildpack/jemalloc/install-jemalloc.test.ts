import { describe, expect, test } from "vitest";
import type { Artifact } from "../../../../src/artifacts/artifact.ts";
import type { JemallocChoice } from "../../../../src/buildpack/jemalloc/choose-jemalloc.ts";
import { installJemallocLayer } from "../../../../src/buildpack/jemalloc/install-jemalloc.ts";
import { BuildpackError } from "../../../../src/failure.ts";
import { makeBuildContext } from "../../../support/build-context.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree, readTree } from "../../../support/tree.ts";

const artifact: Artifact = {
  name: "jemalloc",
  version: "5.3.1",
  kind: "prebuilt",
  url: "https://mirror.example.com/jemalloc.tgz",
  sha256: "a".repeat(64),
  stripComponents: 0,
  builtFor: {},
  origin: "operator",
};
const choice: JemallocChoice = {
  version: "5.3.1",
  source: "the buildpack's default",
  required: false,
  gemIn: undefined,
  find: () => artifact,
};
const ruby = Promise.resolve({ dir: "/layers/ruby", version: "3.3.8" });

describe("a jemalloc that is not to be had", () => {
  test("is warned of where nobody asked for it, and leaves no layer", async () => {
    const { log, layersDir, urls } = await install({ status: 404 });
    expect(log).toContain("! The build goes on without jemalloc");
    expect(log).toContain("! BP_JEMALLOC=false builds without it");
    expect(urls).toEqual([artifact.url]);
    expect(await readTree(layersDir)).toEqual({});
  });

  test("is asked for twice at most where a host does not answer", async () => {
    const { log, urls } = await install({ status: "unreachable" });
    expect(urls).toHaveLength(2);
    expect(log).toContain("! The build goes on without jemalloc");
  });

  test("is warned of where the inventory has none", async () => {
    const find = () => {
      const facts = { version: "5.3.1", archive: "jemalloc-5.3.1.tar.bz2", versions: [] };
      throw new BuildpackError({ code: "jemalloc/version-unknown", ...facts });
    };
    const { log } = await install({ status: 200, choice: { ...choice, find } });
    expect(log).toContain("! There is no jemalloc 5.3.1 to install.");
  });

  test("fails the build where somebody asked for it", async () => {
    const work = install({ status: 404, choice: { ...choice, required: true } });
    expect(await failureOf(work)).toEqual({ code: "download/not-found", url: artifact.url });
  });

  test("is not warned of where it was Ruby that failed", async () => {
    const error = new BuildpackError({ code: "download/not-found", url: "https://ruby" });
    const failing = Promise.reject(error);
    // As in a build, where somebody else hears of it, too.
    failing.catch(() => {});
    const work = install({ status: 404, ruby: failing });
    expect(await failureOf(work)).toEqual(error.failure);
  });

  test("is not warned of in a build that is stopped", async () => {
    const stop = new AbortController();
    const work = install({ status: "unreachable", signal: stop.signal, onGet: () => stop.abort() });
    await expect(work).rejects.toThrow("aborted");
  });
});

describe("the section jemalloc", () => {
  test("is not there where none was chosen", async () => {
    const context = makeBuildContext();
    await installJemallocLayer(context, undefined, ruby);
    expect(context.log()).toBe("");
  });

  test("warns of the gem that people take for it", async () => {
    const { log } = await install({ status: 404, choice: { ...choice, gemIn: "Gemfile.lock" } });
    expect(log).toContain("! Gemfile.lock has the gem jemalloc");
  });
});

interface Story {
  status: number | "unreachable";
  choice?: JemallocChoice;
  ruby?: Promise<{ dir: string; version: string }>;
  signal?: AbortSignal;
  onGet?: () => void;
}

async function install(story: Story) {
  const layersDir = await makeTree();
  const urls: string[] = [];
  const get = async (url: string) => {
    urls.push(url);
    story.onGet?.();
    if (story.status === "unreachable") throw new Error("connect ETIMEDOUT");
    return { status: story.status, length: 0, body: nothing(), discard: () => {} };
  };
  const fresh = makeBuildContext({ input: { layersDir } });
  const fetcher = { get, close: async () => {} };
  const context = { ...fresh, fetcher, signal: story.signal ?? fresh.signal };
  await installJemallocLayer(context, story.choice ?? choice, story.ruby ?? ruby);
  return { log: fresh.log(), layersDir, urls };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
