import { describe, expect, test } from "vitest";
import { readTarget } from "../../../src/cnb/target.ts";
import { makeTree } from "../../support/tree.ts";

const trixie = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nID=debian\n';

describe("Environment, Targets", () => {
  test("is what the lifecycle says", async () => {
    const root = await makeTree({ "etc/os-release": trixie });
    const env = {
      CNB_TARGET_OS: "linux",
      CNB_TARGET_ARCH: "arm64",
      CNB_TARGET_ARCH_VARIANT: "v8",
      CNB_TARGET_DISTRO_NAME: "ubuntu",
      CNB_TARGET_DISTRO_VERSION: "24.04",
    };
    expect(await readTarget(env, { root, platform: "linux", arch: "x64" })).toEqual({
      os: "linux",
      arch: "arm64",
      archVariant: "v8",
      distro: { name: "ubuntu", version: "24.04" },
    });
  });

  test("is that of the build image if the lifecycle says nothing", async () => {
    const root = await makeTree({ "etc/os-release": trixie });
    expect(await readTarget({}, { root, platform: "linux", arch: "x64" })).toEqual({
      os: "linux",
      arch: "amd64",
      distro: { name: "debian", version: "13" },
    });
  });

  test("has the version of the build image's GNU C library", async () => {
    const banner = "GNU C Library (GNU libc) stable release version 2.40.";
    const root = await makeTree({ "usr/lib64/libc.so.6": banner });
    const env = { CNB_TARGET_DISTRO_NAME: "fedora", CNB_TARGET_DISTRO_VERSION: "41" };
    expect((await readTarget(env, { root })).glibc).toBe("2.40");
  });

  test("treats empty variables as not set", async () => {
    const root = await makeTree({ "etc/os-release": trixie });
    const env = { CNB_TARGET_OS: "", CNB_TARGET_ARCH: "", CNB_TARGET_DISTRO_NAME: "" };
    expect(await readTarget(env, { root, platform: "linux", arch: "arm64" })).toEqual({
      os: "linux",
      arch: "arm64",
      distro: { name: "debian", version: "13" },
    });
  });

  test("reads the distribution if the lifecycle says only the rest", async () => {
    const root = await makeTree({ "etc/os-release": trixie });
    const env = { CNB_TARGET_OS: "linux", CNB_TARGET_ARCH: "amd64" };
    expect((await readTarget(env, { root })).distro).toEqual({ name: "debian", version: "13" });
  });

  test.each([
    ["x64", "amd64"],
    ["arm64", "arm64"],
    ["ia32", "386"],
    ["s390x", "s390x"],
  ])("calls %s as the OCI image specification does: %s", async (arch, expected) => {
    const root = await makeTree();
    expect(await readTarget({}, { root, platform: "linux", arch })).toEqual({
      os: "linux",
      arch: expected,
    });
  });

  test.each([
    ["single quotes", "ID='alpine'\nVERSION_ID='3.22.1'\n", "alpine", "3.22.1"],
    ["no version", "ID=arch\nBUILD_ID=rolling\n", "arch", ""],
    ["comments and CRLF", '# hello\r\nID=ubuntu\r\nVERSION_ID="26.04"\r\n', "ubuntu", "26.04"],
  ])("reads an os-release with %s", async (_, text, name, version) => {
    const root = await makeTree({ "etc/os-release": text });
    expect((await readTarget({}, { root })).distro).toEqual({ name, version });
  });

  test("falls back to usr/lib/os-release", async () => {
    const root = await makeTree({ "usr/lib/os-release": trixie });
    expect((await readTarget({}, { root })).distro).toEqual({ name: "debian", version: "13" });
  });

  test.each([{}, { "etc/os-release": "\u0000" }, { "etc/os-release/": "" }])(
    "has no distribution if none can be read: %j",
    async (files) => {
      const root = await makeTree(files);
      expect(await readTarget({}, { root })).not.toHaveProperty("distro");
    },
  );
});
