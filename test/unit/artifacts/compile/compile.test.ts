import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Artifact } from "../../../../src/artifacts/artifact.ts";
import { checkCompilable, compile } from "../../../../src/artifacts/compile/compile.ts";
import { rubyRecipe } from "../../../../src/artifacts/compile/compile-ruby.ts";
import type { Toolchain } from "../../../../src/artifacts/compile/toolchain.ts";
import { runCommand } from "../../../../src/system/command.ts";
import { elfBytes } from "../../../support/builds/elf.ts";
import { failureOf } from "../../../support/failure.ts";
import { rubySource } from "../../../support/packages/ruby-artifacts.ts";
import { recordSection } from "../../../support/section.ts";
import { makeTree } from "../../../support/tree.ts";

const destination = "/layers/ruby";

describe("compiling Ruby", () => {
  test("configures, makes and installs below a root that stands for /", async () => {
    const machine = await makeMachine();
    const tree = await machine.compile();
    expect(tree).toBe(join(machine.root, "layers/ruby"));
    expect(await machine.commandsRun()).toEqual([
      "configure --prefix=/layers/ruby --disable-install-doc --enable-load-relative --enable-shared --sysconfdir=/etc --with-baseruby=no --disable-yjit",
      "make -j3",
      `make install DESTDIR=${machine.root}`,
    ]);
  });

  test("leaves YJIT to configure if there is a rustc, and warns if there is none", async () => {
    const without = await makeMachine();
    await without.compile();
    expect(without.lines).toContain(
      "! Without YJIT: it needs `rustc`, which is not on the `PATH`. Rails turns YJIT on where Ruby has it.",
    );
    const withRustc = await makeMachine({ rustc: "exit 0" });
    await withRustc.compile();
    expect(withRustc.lines.join("\n")).not.toContain("YJIT");
    expect((await withRustc.commandsRun())[0]).not.toContain("yjit");
  });

  test("warns if configure cannot use the rustc", async () => {
    const machine = await makeMachine(
      { rustc: "exit 1" },
      {},
      'echo " * YJIT support:          no"',
    );
    await machine.compile();
    expect(machine.lines).toContain(
      "! Without YJIT: the `rustc` on the `PATH` does not run, or is too old for this Ruby. Rails turns YJIT on where Ruby has it.",
    );
  });

  test("only notes it for a Ruby for which Rails does not turn YJIT on", () => {
    const artifact = (version: string) => ({ name: "ruby", version }) as Artifact;
    expect(rubyRecipe.loss(artifact("3.2.9"))).toBeUndefined();
    expect(rubyRecipe.loss(artifact("3.3.0"))).toContain("YJIT");
  });

  test("does not pass the user's flags or settings of another Ruby to the compiler", async () => {
    const machine = await makeMachine();
    await machine.compile({
      CFLAGS: "-O0",
      RUBYOPT: "-W",
      MAKEFLAGS: "n",
      CPATH: "/layers/x/include",
    });
    const names = (await readFile(join(machine.source, "environment"), "utf8")).split("\n");
    expect(names).toEqual(expect.arrayContaining(["CPATH=/layers/x/include", "LC_ALL=C"]));
    expect(names.filter((line) => /^(CFLAGS|RUBYOPT|MAKEFLAGS)=/.test(line))).toEqual([]);
  });

  test("lists the shared libraries that the run image must have", async () => {
    const machine = await makeMachine({ ldd: `printf '\\tlibyaml-0.so.2 => /lib/y (0x1)\\n'` });
    await machine.compile();
    expect(machine.lines.at(-1)).toBe("The run image must have `libyaml-0.so.2`");
  });

  test("fails if the build image lacks one of them", async () => {
    const machine = await makeMachine({
      ldd: `printf '\\tlibyaml-0.so.2 => not found\\n'; exit 1`,
    });
    expect(await failureOf(machine.compile())).toEqual({
      code: "compile/library-missing",
      name: "ruby",
      version: "3.4.5",
      libraries: ["libyaml-0.so.2"],
    });
  });

  test("fails if an extension was silently left out", async () => {
    const machine = await makeMachine({
      make: `case "$*" in *install*)
        lib="\${*##*DESTDIR=}/layers/ruby/lib"; mkdir -p "$lib"; cp library "$lib/psych.so";; esac`,
    });
    expect(await failureOf(machine.compile())).toEqual({
      code: "compile/incomplete",
      name: "ruby",
      version: "3.4.5",
      missing: ["openssl.so", "zlib.so"],
    });
  });

  test("fails with the command and the last thirty lines of its output", async () => {
    const script = "for n in $(seq 1 40); do echo line $n; done; echo it broke >&2; exit 2";
    const machine = await makeMachine({ make: script });
    const failure = await failureOf(machine.compile());
    expect(failure).toMatchObject({ code: "compile/failed", name: "ruby", command: "make -j3" });
    expect(failure).toHaveProperty("lines.length", 30);
    expect(failure).toHaveProperty("lines.29", "it broke");
  });

  test("says that the disk is full if a command said so", async () => {
    const script = "echo 'as: error: No space left on device'; echo 'make: *** Error 1'; exit 2";
    const machine = await makeMachine({ make: script });
    expect(await failureOf(machine.compile())).toEqual({
      code: "system/disk-full",
      path: machine.source,
    });
  });
});

describe("compiling jemalloc", () => {
  test("makes only the shared library and the commands, without C++", async () => {
    const machine = await makeMachine({}, { name: "jemalloc", version: "5.3.0" });
    await machine.compile();
    const [configure, ...rest] = await machine.commandsRun();
    expect(configure).toContain("--disable-cxx");
    expect(rest).toEqual([
      "make -j3 build_lib_shared",
      `make install_bin install_lib_shared DESTDIR=${machine.root}`,
    ]);
  });
});

describe("compiling for another architecture", () => {
  const cross = { build: "x86_64-linux-gnu", host: "aarch64-linux-gnu" };

  test("passes both systems, and a Ruby that runs here, to configure", async () => {
    const machine = await makeMachine({ rustc: "exit 0" });
    const baseRuby = "/work/base-ruby/bin/ruby";
    await machine.compile({}, { arch: "arm64", cross: { ...cross, baseRuby } });
    const [configure = ""] = await machine.commandsRun();
    expect(configure).toContain("--build=x86_64-linux-gnu --host=aarch64-linux-gnu");
    expect(configure).toContain("--with-baseruby=/work/base-ruby/bin/ruby");
    expect(configure).toContain("--disable-yjit");
    expect(machine.lines).toContain(
      "! Without YJIT: `rustc` can compile it only for this machine's architecture. Rails turns YJIT on where Ruby has it.",
    );
  });

  test("gives jemalloc the largest pages of arm64, whatever machine compiles", async () => {
    const machine = await makeMachine({}, { name: "jemalloc", version: "5.3.0" });
    await machine.compile({}, { arch: "arm64", cross });
    expect((await machine.commandsRun())[0]).toContain("--with-lg-page=16");
    const other = await makeMachine({}, { name: "jemalloc", version: "5.3.0" });
    await other.compile({}, { arch: "amd64" });
    expect((await other.commandsRun())[0]).not.toContain("--with-lg-page");
  });

  test("looks for headers with the cross compiler, and names the packages of that architecture", async () => {
    const compiler = `case "$*" in *yaml.h*) exit 1;; esac`;
    const machine = await makeMachine({ "aarch64-linux-gnu-gcc": compiler, cc: undefined });
    expect(await failureOf(machine.check({ arch: "arm64", cross }))).toMatchObject({
      code: "compile/tools-missing",
      missing: [{ tool: "yaml.h", packages: "libyaml-dev:arm64" }],
    });
    const without = await makeMachine();
    expect(await failureOf(without.check({ arch: "arm64", cross }))).toMatchObject({
      missing: expect.arrayContaining([
        { tool: "aarch64-linux-gnu-gcc", packages: "gcc-aarch64-linux-gnu" },
      ]) as unknown,
    });
  });
});

describe("a build image that cannot compile", () => {
  test("gets a list of all missing headers", async () => {
    const cc = `case "$*" in *yaml.h*|*ffi.h*) exit 1;; esac`;
    const machine = await makeMachine({ cc });
    expect(await failureOf(machine.check())).toEqual({
      code: "compile/tools-missing",
      name: "ruby",
      version: "3.4.5",
      missing: [
        { tool: "yaml.h", packages: "libyaml-dev" },
        { tool: "ffi.h", packages: "libffi-dev" },
      ],
    });
  });

  test("gets a list of all headers if it has no compiler", async () => {
    const machine = await makeMachine({ cc: undefined, make: undefined });
    const failure = await failureOf(machine.check());
    const tools =
      "missing" in failure ? failure.missing.map((missing) => Object.values(missing)[0]) : [];
    expect(tools).toEqual(["cc", "make", "stdio.h", "openssl/ssl.h", "yaml.h", "ffi.h", "zlib.h"]);
  });

  test("is told that the archive needs bzip2", async () => {
    const url = "https://example.com/jemalloc-5.3.0.tar.bz2";
    const machine = await makeMachine({}, { name: "jemalloc", version: "5.3.0", url });
    expect(await failureOf(machine.check())).toMatchObject({
      missing: [{ tool: "bzip2", packages: "bzip2" }],
    });
  });

  test("is accepted if nothing is missing", async () => {
    await expect((await makeMachine()).check()).resolves.toBeUndefined();
  });
});

/** A machine on whose PATH there are only these scripts, and a source that records what is done to it. */
async function makeMachine(
  tools: Record<string, string | undefined> = {},
  artifact: Partial<Artifact> = {},
  configure = "",
) {
  const record = `echo "$(basename "$0") $*" >> "$RECORD"`;
  const install = `case "$*" in *install*)
    lib="\${*##*DESTDIR=}/layers/ruby/lib/ext"; mkdir -p "$lib"
    for name in openssl psych zlib libjemalloc; do cp library "$lib/$name.so"; done;; esac`;
  const scripts = { cc: "exit 0", make: install, ldd: "", ...tools };
  const machine = await makeTree({ "bin/": "", "source/configure": "", "root/": "" });
  const [bin, source, root] = [
    join(machine, "bin"),
    join(machine, "source"),
    join(machine, "root"),
  ];
  await writeFile(join(source, "library"), elfBytes("shared"));
  const log = join(source, "log");
  const sh = (script: string) =>
    `#!/bin/sh\nPATH=/usr/bin:/bin RECORD=${log}\n${record}\n${script}\n`;
  for (const [name, script] of Object.entries(scripts)) {
    if (script !== undefined) await writeFile(join(bin, name), sh(script), { mode: 0o755 });
  }
  await writeFile(join(source, "configure"), sh(`env > environment\n${configure}`));
  await chmod(join(source, "configure"), 0o755);

  const { lines, ...section } = recordSection();
  const context = {
    section,
    run: runCommand,
    signal: new AbortController().signal,
    cpus: 3,
    env: { PATH: bin },
  };
  const wanted: Artifact = { ...ruby, ...artifact };
  return {
    source,
    root,
    lines,
    check: (toolchain?: Toolchain) =>
      checkCompilable(wanted, { ...context, ...(toolchain ? { toolchain } : {}) }),
    compile: (env: Record<string, string> = {}, toolchain?: Toolchain) =>
      compile(
        { artifact: wanted, source, destination, root },
        { ...context, env: { ...env, PATH: bin }, ...(toolchain ? { toolchain } : {}) },
      ),
    commandsRun: async () => {
      const commands = (await readFile(log, "utf8")).trim().split("\n");
      return commands.filter((command) => /^(configure|make) /.test(command));
    },
  };
}

const ruby = rubySource("3.4.5");
