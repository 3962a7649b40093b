import type { BuildContext } from "../../src/buildpack/build-context.ts";
import type { Binding } from "../../src/cnb/bindings.ts";
import type { BuildInput } from "../../src/cnb/build-input.ts";
import { buildpackId } from "../../src/cnb/names.ts";
import { createPrinter } from "../../src/output/printer.ts";
import { createStyle } from "../../src/output/style.ts";
import { readSettings } from "../../src/settings.ts";

/** What a test of a step says about its build; the rest is a build of nothing on Debian 12. */
export interface BuildContextRequest {
  input?: Partial<BuildInput>;
  /** The user's environment, as a platform hands it over: as files, and in the process. */
  userEnv?: Record<string, string>;
  /** The environment of the build's process besides. */
  env?: Record<string, string>;
  bindings?: readonly Binding[];
  run?: BuildContext["run"];
  today?: string;
}

/** A context without a world: it downloads nothing, and runs nothing but what `run` is. */
export function makeBuildContext(
  request: BuildContextRequest = {},
): BuildContext & { log: () => string } {
  const { userEnv = {}, env = {}, today = "2026-08-06" } = request;
  const read = readSettings(userEnv);
  if ("invalid" in read) throw new Error(read.invalid.problem);
  let log = "";
  const clock = { now: () => 0, today: () => today };
  const printer = createPrinter({
    write: (text) => (log += text),
    style: createStyle(false),
    clock,
    debug: false,
  });
  return {
    input: { ...emptyInput, ...request.input, platform: platformWith(userEnv, request.bindings) },
    settings: read.settings,
    env: { ...env, ...userEnv },
    printer,
    clock,
    run: request.run ?? refuse,
    fetcher: { get: refuse, close: async () => {} },
    signal: new AbortController().signal,
    log: () => log,
  };
}

async function refuse(): Promise<never> {
  throw new Error("this test expects no command and no download");
}

function platformWith(
  env: Record<string, string>,
  bindings: readonly Binding[] = [],
): BuildInput["platform"] {
  return { dir: "/platform", env, bindings, ignoredBindings: [] };
}

const emptyInput: BuildInput = {
  appDir: "/workspace",
  layersDir: "/layers",
  buildpackDir: "/cnb/buildpacks/lapidary_ruby/0.1.0",
  descriptor: {
    api: "0.10",
    buildpack: {
      id: buildpackId.parse("lapidary/ruby"),
      version: "0.1.0",
      name: "Lapidary",
      clearEnv: false,
      keywords: [],
      licenses: [],
      sbomFormats: [],
    },
    targets: [],
    stacks: [],
    metadata: { "default-versions": { ruby: "3.4.10", bundler: "2.7.2", jemalloc: "5.3.1" } },
  },
  platform: platformWith({}),
  target: { os: "linux", arch: "amd64", distro: { name: "debian", version: "12" } },
  plan: { entries: [] },
  store: {},
};
