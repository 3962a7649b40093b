import { execFileSync, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { BuildpackError } from "../../../../src/failure.ts";
import { openSandbox } from "../../../../src/platform/sandbox/open-sandbox.ts";
import type { Sandbox } from "../../../../src/platform/sandbox/sandbox.ts";
import { openPlainSandbox } from "../../../../src/platform/sandbox/sandbox-in-place.ts";
import { textOfBytes } from "../../../../src/system/environment/byte-text.ts";
import {
  addPrograms,
  makeSandbox,
  runScript,
  skipWithoutNamespaces,
} from "../../../support/sandbox.ts";
import { commandLines } from "../../../support/processes.ts";
import { makeTree } from "../../../support/tree.ts";

const isRoot = process.getuid?.() === 0;

describe("a sandbox in namespaces", () => {
  beforeEach(skipWithoutNamespaces);

  test("shows the directories of the specification, writable but for buildpacks", async () => {
    const sandbox = await makeSandbox({}, { "app/Gemfile": "gem", "bp/buildpack.toml": "api" });
    expect(sandbox.inside).toEqual({
      app: "/workspace",
      layers: "/layers",
      platform: "/platform",
      buildpacks: "/cnb/buildpacks",
      home: "/home/cnb",
    });
    const { stdout } = await runScript(
      sandbox,
      `cat /workspace/Gemfile /cnb/buildpacks/a_b/1.0.0/buildpack.toml; pwd
       echo 1 > /workspace/new; echo 2 > /layers/new; echo 3 > /tmp/new; echo 4 > /home/cnb/new
       touch /cnb/buildpacks/a_b/1.0.0/new 2>/dev/null || echo refused`,
    );
    expect(stdout).toBe("gemapi/workspace\nrefused");
    expect(await readFile(join(sandbox.base, "app/new"), "utf8")).toBe("1\n");
    expect(await readFile(join(sandbox.base, "layers/new"), "utf8")).toBe("2\n");
  });

  test("keeps /tmp from one command to the next, and from the machine's", async () => {
    const sandbox = await makeSandbox();
    await runScript(sandbox, "echo kept > /tmp/lapidary-sandbox-test");
    expect((await runScript(sandbox, "ls /tmp")).stdout).toBe("lapidary-sandbox-test");
    expect(readdirSync("/tmp")).not.toContain("lapidary-sandbox-test");
  });

  test("writes nowhere else on the machine", async () => {
    const outside = await makeTree({ file: "" });
    const sandbox = await makeSandbox();
    const script =
      "for d in / /usr /etc /var /opt /cnb; do touch $d/new 2>/dev/null && echo $d; done";
    expect((await runScript(sandbox, script)).stdout).toBe("");
    expect((await runScript(sandbox, `ls ${outside}`)).exitCode).not.toBe(0);
  });

  test("has what is bound into the directories of the build, which leaves a mount point", async () => {
    const host = await makeTree({ file: "bound", "ca/type": "ca-certificates" });
    const binds = [
      { host, inside: "/workspace/vendor/data", writable: false, option: "--volume" },
      {
        host: join(host, "ca"),
        inside: "/platform/bindings/ca",
        writable: false,
        option: "--volume",
      },
      { host: join(host, "file"), inside: "/tmp/a/file", writable: true, option: "--volume" },
    ];
    const sandbox = await makeSandbox({ binds }, { "app/Gemfile": "gem" });
    const { stdout } = await runScript(
      sandbox,
      `cat Gemfile vendor/data/file /platform/bindings/ca/type
       touch vendor/data/new 2>/dev/null || echo refused; echo new > /tmp/a/file`,
    );
    expect(stdout).toBe("gemboundca-certificatesrefused");
    expect(await readFile(join(host, "file"), "utf8")).toBe("new\n");
    expect(readdirSync(join(sandbox.base, "app/vendor/data"))).toEqual([]);
  });

  test("puts nothing behind a link of the app", async () => {
    const [host, elsewhere] = [await makeTree({ file: "" }), await makeTree({ "there/": "" })];
    const base = await makeTree({ "app/Gemfile": "", "layers/": "", "platform/": "" });
    await symlink(elsewhere, join(base, "app/vendor"));
    const opening = openSandbox({
      ...{ root: "/", buildpacks: [], uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
      host: { app: `${base}/app`, layers: `${base}/layers`, platform: `${base}/platform` },
      binds: [{ host, inside: "/workspace/vendor/data", writable: false, option: "--volume" }],
    });
    await expect(opening).rejects.toMatchObject({
      failure: { code: "system/link-not-followed", path: `${base}/app/vendor` },
    });
    expect(readdirSync(elsewhere)).toEqual(["there"]);
  });

  test("passes the environment exactly, with nothing of ours", async () => {
    const sandbox = await makeSandbox();
    const env = {
      PATH: "/usr/bin:/bin",
      "dotted.name": "1",
      EMPTY: "",
      LINES: "one\ntwo 'three' $FOUR",
      LD_LIBRARY_PATH: "/layers/x/lib",
      SHLVL: "7",
    };
    const command = { file: "/usr/bin/env", args: ["-0"], cwd: "/workspace", env };
    const { stdout } = await sandbox.run(command);
    const variables = stdout.split("\0").filter((pair) => pair !== "");
    expect(variables.sort()).toEqual(
      Object.entries(env)
        .map((pair) => pair.join("="))
        .sort(),
    );
  });

  test("passes bytes that are not UTF-8, also where a shell cannot set the variable", async () => {
    await expectBytesToPass(await makeSandbox());
  });

  test("resolves to the exit code and both outputs", async () => {
    const sandbox = await makeSandbox();
    const result = await runScript(sandbox, "echo out; echo err >&2; exit 7");
    expect(result).toMatchObject({ exitCode: 7, stdout: "out", stderr: "err" });
    expect((await runScript(sandbox, "kill -TERM $$")).exitCode).toBe(143);
    const missing = {
      file: "no-such-program",
      args: [],
      cwd: "/workspace",
      env: { PATH: "/usr/bin" },
    };
    expect((await sandbox.run(missing)).exitCode).toBe(127);
  });

  test("ends what a command left running when the command ends", async () => {
    const sandbox = await makeSandbox();
    // The background process holds the outputs open: did it live on, this would wait for it.
    expect((await runScript(sandbox, "sleep 600 & echo done")).stdout).toBe("done");
  });

  test("ends a command at once when it is told to stop", async () => {
    const stop = new AbortController();
    const sandbox = await makeSandbox({ signal: stop.signal });
    const running = runScript(sandbox, "trap '' TERM INT; touch /workspace/started; sleep 600");
    await until(async () => readdirSync(join(sandbox.base, "app")).includes("started"));
    stop.abort();
    expect((await running).exitCode).toBe(137);
  });

  test("dies with us, even when we are killed", async () => {
    const seconds = String(600 + Math.random());
    const module = new URL("../../../../src/platform/sandbox/open-sandbox.ts", import.meta.url)
      .pathname;
    const base = await makeTree({ "app/": "", "layers/": "", "platform/": "" });
    const script = `
      const { openSandbox } = await import(${JSON.stringify(module)});
      const base = ${JSON.stringify(base)};
      const host = { app: base + "/app", layers: base + "/layers", platform: base + "/platform" };
      const ids = { uid: process.getuid(), gid: process.getgid() };
      const scratch = base + "/scratch";
      const sandbox = await openSandbox({ root: "/", host, buildpacks: [], binds: [], scratch, ...ids });
      await sandbox.run({ file: "/bin/sleep", args: ["${seconds}"], cwd: "/", env: {} });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: "ignore",
    });
    await until(async () => processesWith(seconds).some((line) => line.startsWith("/bin/sleep")));
    child.kill("SIGKILL");
    await until(async () => processesWith(seconds).length === 0);
  });

  test("has no network but its own loopback when it is cut off", async () => {
    const sandbox = await makeSandbox({ network: "none" });
    const { stdout } = await runScript(sandbox, "tail -n +3 /proc/net/dev | cut -d: -f1");
    expect(stdout.trim()).toBe("lo");
    expect(sandbox.describe()).toContain("without network");
  });

  test("runs as the ids that are asked for, without the caller's groups", async () => {
    const sandbox = await makeSandbox({ uid: 1234, gid: 5678 });
    const { stdout } = await runScript(
      sandbox,
      "id -u; id -g; id -G; touch $HOME/x; touch /layers/x",
      {
        HOME: "/home/cnb",
      },
    );
    // In a user namespace, the kernel keeps the caller's groups, which are nobody's inside.
    expect(stdout.replaceAll(" 65534", "")).toBe("1234\n5678\n5678");
    expect(sandbox.ids).toEqual({ uid: 1234, gid: 5678 });
  });

  test("removes what it made when it is closed", async () => {
    const scratch = join(await makeTree(), "scratch");
    const sandbox = await makeSandbox({ scratch });
    await runScript(sandbox, "mkdir /tmp/a; touch /tmp/a/b; chmod 500 /tmp/a");
    await sandbox.close();
    expect(readdirSync(join(scratch, ".."))).toEqual([]);
  });

  describe("over a root file system of its own", () => {
    const makeRoot = async (files: Record<string, string> = {}) => {
      const root = await makeTree({
        "etc/os-release": "ID=tiny\n",
        "usr/share/mark": "m",
        ...files,
      });
      addPrograms(root, ["/bin/sh", "/usr/bin/env", "/bin/cat", "/bin/ls", "/bin/touch"]);
      return root;
    };

    test("sees that root and not the machine's, and leaves it as it was", async () => {
      const root = await makeRoot();
      const before = execFileSync("find", [root, "-printf", "%p %m %T@\n"], { encoding: "utf8" });
      const sandbox = await makeSandbox({ root }, { "app/Gemfile": "gem" });
      const { stdout, stderr } = await runScript(
        sandbox,
        "cat /etc/os-release /usr/share/mark /workspace/Gemfile; ls -d /usr/sbin /usr/include; echo > /dev/null",
      );
      expect(stdout).toBe("ID=tiny\nmgem");
      expect(stderr.split("\n")).toHaveLength(2);
      expect((await runScript(sandbox, "touch /usr/share/new")).exitCode).not.toBe(0);
      const after = execFileSync("find", [root, "-printf", "%p %m %T@\n"], { encoding: "utf8" });
      expect(after).toBe(before);
    });

    test("gets the machine's names and certificates, as files and not as links", async () => {
      const sandbox = await makeSandbox({ root: await makeRoot() });
      const resolver = await readFile("/etc/resolv.conf", "utf8").catch(() => undefined);
      const { stdout } = await runScript(sandbox, "cat /etc/resolv.conf");
      if (resolver !== undefined) expect(stdout).toBe(resolver.trimEnd());
      const links = await runScript(
        sandbox,
        "for f in /etc/ssl/certs/*; do [ -L $f ] && echo $f; done",
      );
      expect(links.stdout).toBe("");
    });

    test("keeps links of the root, and puts directories where the root has links", async () => {
      const root = await makeRoot({ "elsewhere/home/user/file": "f" });
      await symlink("elsewhere/home", join(root, "home"));
      const sandbox = await makeSandbox({ root });
      expect((await runScript(sandbox, "ls /home; cat /home/user/file")).stdout).toBe(
        "cnb\nuser\nf",
      );
    });

    test("has what is bound into it, in directories that the root lacks", async () => {
      const host = await makeTree({ file: "bound" });
      const binds = [{ host, inside: "/opt/deep/er", writable: false, option: "--volume" }];
      const sandbox = await makeSandbox({ root: await makeRoot(), binds });
      const { stdout } = await runScript(
        sandbox,
        "cat /opt/deep/er/file; touch /opt/deep/er/x || echo no",
      );
      expect(stdout).toBe("boundno");
    });

    test("is refused where there is no root file system", async () => {
      for (const root of [await makeTree(), "/no/such/root"]) {
        const opening = makeSandbox({ root });
        await expect(opening).rejects.toThrowError(BuildpackError);
        await expect(opening).rejects.toMatchObject({
          failure: { code: "platform/root-unusable", root },
        });
      }
    });
  });
});

describe("a sandbox in place", () => {
  test("runs on the machine's own paths and says why", async () => {
    const base = await makeTree({
      "app/file": "f",
      "layers/": "",
      "platform/": "",
      "scratch/home/": "",
      "bp/x": "b",
    });
    const host = { app: `${base}/app`, layers: `${base}/layers`, platform: `${base}/platform` };
    const ids = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const sandbox = await openPlainSandbox(
      {
        ...{
          root: "/",
          host,
          binds: [],
          ...ids,
          callerIsRoot: isRoot,
          scratch: `${base}/scratch`,
        },
        buildpacks: [{ inside: "/cnb/buildpacks/a_b/1.0.0", host: `${base}/bp` }],
      },
      "unshare: Operation not permitted",
    );
    expect(sandbox.inside).toMatchObject(host);
    const { stdout } = await runScript(
      sandbox,
      `cat file ${sandbox.inside.buildpacks}/a_b/1.0.0/x`,
    );
    expect(stdout).toBe("fb");
    expect(sandbox.describe()).toContain("refuses namespaces (unshare: Operation not permitted)");
    await expectBytesToPass(sandbox);
  });
});

async function expectBytesToPass(sandbox: Sandbox): Promise<void> {
  const bytes = "\\0\xff %\xe9\n\n";
  const value = textOfBytes(Buffer.from(bytes, "latin1"));
  const env = { PATH: "/usr/bin:/bin", A: value, "odd-name": value, LD_ODD: value, PWD: value };
  const script = "od -An -v -tx1 /proc/$$/environ";
  const command = { file: "/bin/sh", args: ["-c", script], cwd: sandbox.inside.app, env };
  const { stdout } = await sandbox.run(command);
  const environment = Buffer.from(stdout.replaceAll(/\s/g, ""), "hex").toString("latin1");
  expect(environment.split("\0").filter(Boolean).sort()).toEqual(
    [
      ...["A", "LD_ODD", "PWD", "odd-name"].map((name) => `${name}=${bytes}`),
      `PATH=${env.PATH}`,
    ].sort(),
  );
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(20);
}

function processesWith(text: string): string[] {
  return commandLines().filter((line) => line.includes(text) && !line.includes("--input-type"));
}
