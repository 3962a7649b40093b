import { chmod, copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { readJemallocScripts } from "../../../../src/buildpack/jemalloc/jemalloc-scripts.ts";
import { parseToml } from "../../../../src/toml.ts";
import { shells } from "../../../support/launch.ts";
import { addToTree, makeTree } from "../../../support/tree.ts";

const show = 'echo "preload=${LD_PRELOAD-unset} conf=${MALLOC_CONF-unset}"';

describe.each(shells)("jemalloc.sh in %s", (...shell) => {
  test("becomes a command with the library loaded and the layer's default options", async () => {
    const layer = await makeLayer();
    const { exitCode, stdout, stderr } = await layer.run(shell, "sh", "-c", show);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: `preload=${layer.library} conf=narenas:2`,
      stderr: "",
    });
  });

  test("hands over arguments and the exit code as they are", async () => {
    const layer = await makeLayer();
    const script = 'printf "[%s]" "$@"; exit 9';
    const result = await layer.run(shell, "sh", "-c", script, "sh", "a b", "*", "", "'\"");
    expect(result).toMatchObject({ exitCode: 9, stdout: "[a b][*][]['\"]" });
  });

  test.each([
    ["libm.so.6", ":libm.so.6"],
    [" libm.so.6  libc.so.6:", ":libm.so.6:libc.so.6"],
    ["", ""],
    [" ", ""],
  ])("keeps LD_PRELOAD %j behind the library, joined cleanly", async (given, kept) => {
    const layer = await makeLayer();
    const { stdout } = await layer.with({ LD_PRELOAD: given }).run(shell, "sh", "-c", show);
    expect(stdout).toContain(`preload=${layer.library}${kept} `);
  });

  test("preloads the library once, however often it is called", async () => {
    const layer = await makeLayer();
    const again = join(layer.path, "bin/jemalloc.sh");
    const { stdout } = await layer.run(shell, again, "sh", "-c", show);
    expect(stdout).toContain(`preload=${layer.library} `);
  });

  test.each(["narenas:9", ""])("leaves MALLOC_CONF %j to the user", async (given) => {
    const layer = await makeLayer();
    const { stdout } = await layer.with({ MALLOC_CONF: given }).run(shell, "sh", "-c", show);
    expect(stdout).toMatch(new RegExp(` conf=${given}$`));
  });

  test.each(["made for another machine", "missing"])(
    "goes on without a library that is %s, and says so in one line",
    async (state) => {
      const layer = await makeLayer(state === "missing" ? "none" : "foreign");
      const { exitCode, stdout, stderr } = await layer
        .with({ LD_PRELOAD: "libm.so.6" })
        .run(shell, "sh", "-c", show);
      expect([exitCode, stdout]).toEqual([0, "preload=libm.so.6 conf=unset"]);
      expect(stderr).toBe(
        `jemalloc.sh: ${layer.library} cannot be loaded on this machine: going on without it`,
      );
    },
  );

  test("without a command says how it is used", async () => {
    const { exitCode, stderr } = await (await makeLayer()).run(shell);
    expect([exitCode, stderr]).toEqual([64, "Usage: jemalloc.sh CMD [ARG...]"]);
  });
});

describe.each(shells)("the exec.d program in %s", (...shell) => {
  test("sets both variables where JEMALLOC_ENABLED is true", async () => {
    const layer = (await makeLayer()).with({ JEMALLOC_ENABLED: "true" });
    expect(await layer.execD(shell)).toEqual({
      LD_PRELOAD: layer.library,
      MALLOC_CONF: "narenas:2",
    });
  });

  test.each(["false", "", "1", "TRUE", undefined])(
    "sets nothing where it is %j",
    async (enabled) => {
      const env = enabled === undefined ? {} : { JEMALLOC_ENABLED: enabled };
      expect(await (await makeLayer()).with(env).execD(shell)).toEqual({});
    },
  );

  test("keeps what the user says, also with quotes and backslashes in it", async () => {
    const env = { JEMALLOC_ENABLED: "true", LD_PRELOAD: "libm.so.6", MALLOC_CONF: `a:"b\\c'd` };
    const layer = (await makeLayer()).with(env);
    expect(await layer.execD(shell)).toEqual({
      LD_PRELOAD: `${layer.library}:libm.so.6`,
      MALLOC_CONF: `a:"b\\c'd`,
    });
  });

  test("preloads nothing where the library is not for this machine", async () => {
    const layer = (await makeLayer("foreign")).with({ JEMALLOC_ENABLED: "true" });
    expect(await layer.execD(shell)).toEqual({});
  });
});

interface TestLayer {
  path: string;
  library: string;
  /** The same with variables in the environment. */
  with(env: Record<string, string>): TestLayer;
  run(shell: readonly string[], ...args: string[]): ReturnType<typeof runShell>;
  /** What the exec.d program writes to descriptor 3. */
  execD(shell: readonly string[]): Promise<unknown>;
}

/** A layer whose library is some other one of this machine, or text, or not there. */
async function makeLayer(library: "loadable" | "foreign" | "none" = "loadable") {
  const { command, execD } = await readJemallocScripts();
  const path = await makeTree({
    "bin/jemalloc.sh": command,
    "exec.d/jemalloc": execD,
    "default-malloc-conf": "narenas:2\n",
    "lib/": "",
  });
  for (const name of ["bin/jemalloc.sh", "exec.d/jemalloc"]) await chmod(join(path, name), 0o755);
  const at = join(path, "lib/libjemalloc.so");
  if (library === "foreign") await addToTree(path, { "lib/libjemalloc.so": "no library" });
  if (library === "loadable") await copyFile(await someLibrary(), at);
  return layerWith(path, at, {});
}

function layerWith(path: string, library: string, env: Record<string, string>): TestLayer {
  return {
    path,
    library,
    with: (more) => layerWith(path, library, { ...env, ...more }),
    run: (shell, ...args) => runShell([...shell, join(path, "bin/jemalloc.sh"), ...args], env),
    execD: async (shell) => {
      const script = '"$@" 3>&1 >&2';
      const program = [...shell, join(path, "exec.d/jemalloc")];
      const { exitCode, stdout } = await runShell(["sh", "-c", script, "sh", ...program], env);
      expect(exitCode).toBe(0);
      return parseToml(stdout);
    },
  };
}

async function runShell(words: readonly string[], env: Record<string, string>) {
  const [file = "", ...args] = words;
  const options = { env: { PATH: "/usr/bin:/bin", ...env }, extendEnv: false, reject: false };
  return await execa(file, args, { ...options, stdin: "ignore" });
}

async function someLibrary(): Promise<string> {
  const maps = await readFile("/proc/self/maps", "utf8");
  const [path] = /\/\S+\/libm[.-]\S+$/m.exec(maps) ?? [];
  if (path === undefined) throw new Error("this Node maps no libm");
  return path;
}
