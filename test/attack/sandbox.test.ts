import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { openPlainSandbox } from "../../src/platform/sandbox/sandbox-in-place.ts";
import { type PreparedSandbox, unprivileged } from "../../src/platform/sandbox/sandbox.ts";
import { makeSandbox, runScript, skipWithoutNamespaces } from "../support/sandbox.ts";
import { makeTree } from "../support/tree.ts";

const isRoot = process.getuid?.() === 0;

describe("a build in the sandbox", () => {
  beforeEach(skipWithoutNamespaces);

  const stolen = async (script: string) => {
    const sandbox = await makeSandbox(unprivileged);
    return (await runScript(sandbox, script)).stdout;
  };

  test("runs as an ordinary user without capabilities, whoever starts it", async () => {
    const status = await stolen("id -u; id -g; cat /proc/self/status");
    expect(status).toMatch(/^1000\n1000\n/);
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapAmb"]) {
      expect(status).toMatch(new RegExp(`^${set}:\\s+0+$`, "m"));
    }
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
  });

  test("has none of the groups of root", async ({ skip }) => {
    skip(!isRoot, "only root can drop groups");
    expect(await stolen("id -G")).toBe("1000");
  });

  test("cannot read what only root may read", async () => {
    expect(await stolen("cat /etc/shadow /etc/gshadow 2>/dev/null")).toBe("");
  });

  test("sees no home directories, data or sockets of this machine", async () => {
    const seen = await stolen("ls -A / /home /var /run /root /srv /mnt /media /boot 2>/dev/null");
    expect(seen).not.toMatch(/^(root|srv|mnt|media|boot|run|log|docker)$/m);
    expect(await stolen("ls /home")).toBe("cnb");
  });

  test("has IPC, host name and processes of its own", async () => {
    const names = (await stolen("readlink /proc/self/ns/ipc /proc/self/ns/uts")).split("\n");
    expect(names).toHaveLength(2);
    expect(names).not.toContain(readlinkSync("/proc/self/ns/ipc"));
    expect(names).not.toContain(readlinkSync("/proc/self/ns/uts"));
    expect(await stolen("ls -d /proc/[0-9]* | wc -l")).toMatch(/^[1-9]$/);
  });

  test("cannot change the kernel's settings, mount, or make namespaces with more rights", async () => {
    const script = `
      echo '|/tmp/evil' > /proc/sys/kernel/core_pattern && echo core
      mount -o remount,rw /usr && echo remounted
      unshare --user --map-root-user true && echo namespace
      chroot / true && echo chroot
      touch /usr/new /etc/new && echo written`;
    expect(await stolen(`(${script}) 2>/dev/null`)).toBe("");
  });

  test("cannot write to a mount below a directory that is shown for reading", async ({ skip }) => {
    skip(!isRoot, "only root can mount for this test");
    const outer = await makeTree({ "in ner/": "" });
    execFileSync("mount", ["-t", "tmpfs", "-o", "mode=1777", "tmpfs", join(outer, "in ner")]);
    onTestFinished(() => void execFileSync("umount", [join(outer, "in ner")]));
    for (const ids of [unprivileged, { uid: 0, gid: 0 }]) {
      const binds = [{ host: outer, inside: "/outer", writable: false, option: "--volume" }];
      const sandbox = await makeSandbox({ ...ids, binds });
      const { stdout } = await runScript(sandbox, "touch '/outer/in ner/x' || echo refused");
      expect(stdout).toBe("refused");
    }
    expect(existsSync(join(outer, "in ner/x"))).toBe(false);
  });

  test("cannot leave its root by chroot, even as root", async ({ skip }) => {
    skip(!isRoot, "only root can run as root");
    const sandbox = await makeSandbox({ uid: 0, gid: 0 });
    const script = `
      mkdir /tmp/jail && cp -r /bin/ls /tmp/jail 2>/dev/null
      perl -e 'chroot("/tmp/jail"); chdir("..") for 1..64; chroot("."); exec("/bin/sh", "-c", "ls -d /root /workspace")' 2>/dev/null`;
    const { stdout } = await runScript(sandbox, script);
    expect(stdout).not.toContain("/root");
  });

  test("cannot change the kernel's settings as root either", async ({ skip }) => {
    skip(!isRoot, "only root can run as root");
    const sandbox = await makeSandbox({ uid: 0, gid: 0 });
    const script =
      "(cat /proc/sys/kernel/core_pattern > /proc/sys/kernel/core_pattern) 2>/dev/null";
    expect((await runScript(sandbox, `${script} && echo changed`)).stdout).toBe("");
  });

  test("resolves names where /etc/resolv.conf leads to a directory that is hidden", async () => {
    const here = readFileSync("/etc/resolv.conf", "utf8");
    expect(await stolen("cat /etc/resolv.conf")).toBe(here.trimEnd());
  });
});

describe("a build on a machine that refuses namespaces", () => {
  const problem = "unshare: Operation not permitted";
  const prepared = async (options: Partial<PreparedSandbox> = {}): Promise<PreparedSandbox> => {
    const base = await makeTree({ "app/": "", "layers/": "", "platform/": "", "bp/x": "b" });
    await mkdir(join(base, "scratch/home"), { recursive: true });
    return {
      root: "/",
      host: { app: `${base}/app`, layers: `${base}/layers`, platform: `${base}/platform` },
      buildpacks: [{ inside: "/cnb/buildpacks/a/1", host: `${base}/bp` }],
      binds: [],
      ...unprivileged,
      callerIsRoot: isRoot,
      scratch: `${base}/scratch`,
      ownTree: base,
      ...options,
    };
  };

  test("does not run as root where root starts it", async ({ skip }) => {
    skip(!isRoot, "only root can drop to another user");
    const sandbox = await openPlainSandbox(await prepared(), problem);
    const { stdout } = await runScript(
      sandbox,
      "id -u; id -G; grep -c NoNewPrivs..1 /proc/self/status",
    );
    expect(stdout).toBe("1000\n1000\n1");
  });

  test("may enter the directory that is made for it outside of a state directory, as for `run`", async ({
    skip,
  }) => {
    skip(!isRoot, "only root can drop to another user");
    const scratch = await makeTree({ "home/": "" });
    const { ownTree: _, ...options } = await prepared({ scratch });
    await chmod(dirname(options.host.app), 0o755);
    const sandbox = await openPlainSandbox(options, problem);
    const { stdout } = await runScript(sandbox, `cat ${sandbox.inside.buildpacks}/a/1/x`);
    expect(stdout).toBe("b");
  });

  test("is refused where the user wants no network, or a volume", async () => {
    const bind = { host: "/etc", inside: "/etc2", writable: false };
    for (const [option, options] of [
      ["--no-network", { network: "none" as const }],
      ["--volume", { binds: [{ ...bind, option: "--volume" }] }],
      ["--gem-store", { binds: [{ ...bind, option: "--gem-store" }] }],
    ] as const) {
      const opening = openPlainSandbox(await prepared(options), problem);
      await expect(opening).rejects.toMatchObject({
        failure: { code: "platform/isolation-needed", option, problem },
      });
    }
  });

  test("opens no directory of others to the user", async ({ skip }) => {
    skip(!isRoot, "only root can drop to another user");
    const outer = await makeTree({ "state/app/": "" });
    execFileSync("chmod", ["700", outer]);
    const host = {
      app: `${outer}/state/app`,
      layers: `${outer}/state/app`,
      platform: `${outer}/state/app`,
    };
    const opening = openPlainSandbox(await prepared({ host, ownTree: `${outer}/state` }), problem);
    await expect(opening).rejects.toMatchObject({
      failure: { code: "platform/place-unreachable", directory: outer },
    });
  });

  test("is said in one line, with what allows namespaces", async () => {
    const sandbox = await openPlainSandbox(await prepared(), problem);
    expect(sandbox.describe()).toContain(problem);
    expect(sandbox.describe()).toMatch(/SYS_ADMIN|apparmor_restrict_unprivileged_userns/);
    expect(sandbox.describe()).not.toContain("\n");
  });
});
