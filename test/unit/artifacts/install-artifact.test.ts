import { createHash } from "node:crypto";
import { readdir, readlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Artifact } from "../../../src/artifacts/artifact.ts";
import { installArtifact } from "../../../src/artifacts/install-artifact.ts";
import { readMirrors } from "../../../src/artifacts/mirrors.ts";
import { runCommand } from "../../../src/system/command.ts";
import { createFetcher } from "../../../src/system/http/fetcher.ts";
import { failureOf } from "../../support/failure.ts";
import { cutAtHalf, give, startServer, status } from "../../support/servers/loopback-server.ts";
import { recordSection } from "../../support/section.ts";
import { tarballGz } from "../../support/packages/tarball.ts";
import { makeTree, readTree } from "../../support/tree.ts";

const archive = tarballGz([
  { path: "ruby/bin/ruby", body: "#!/bin/sh\n", mode: 0o755 },
  { path: "ruby/bin/again", type: "SymbolicLink", linkpath: "ruby" },
  { path: "ruby/lib/libruby.so", type: "SymbolicLink", linkpath: "libruby.so.3.4" },
  { path: "ruby/lib/libruby-static.a", body: "!<arch>" },
]);
const sha256 = createHash("sha256").update(archive).digest("hex");

describe("installing a prebuilt artifact", () => {
  test("replaces the existing tree, without static archives", async () => {
    const { url } = await startServer(give(archive));
    const { install, destination, parent } = await prepare({ url });
    expect(await install()).toEqual({ sha256 });
    expect(await readTree(destination)).toEqual({ "bin/ruby": "#!/bin/sh\n" });
    expect(await readlink(join(destination, "bin/again"))).toBe("ruby");
    expect(await readdir(parent)).toEqual(["ruby"]);
  });

  test("unpacks a portable Ruby, with the archives that gems are linked with", async () => {
    const portable = tarballGz([
      { path: "ruby@3.4.5/3.4.5/bin/ruby", body: "#!/bin/sh\n", mode: 0o755 },
      { path: "ruby@3.4.5/3.4.5/lib/libruby-static.a", body: "!<arch>" },
      { path: "ruby@3.4.5/3.4.5/lib/ruby/gems/3.4.0/gems/debug-1/ext/debug.a", body: "!<arch>" },
    ]);
    const { url } = await startServer(give(portable));
    const { install, destination } = await prepare({
      url,
      kind: "portable",
      sha256: createHash("sha256").update(portable).digest("hex"),
      stripComponents: 2,
      builtFor: { os: "linux", arch: "amd64", glibc: "2.39" },
    });
    await install();
    const files = Object.keys(await readTree(destination));
    expect(files.sort()).toEqual(["bin/ruby", "lib/libruby-static.a"]);
  });

  test("does not strip libraries for other processors", async () => {
    const { url } = await startServer(give(archive));
    const { install, destination } = await prepare({ url, builtFor: { os: "linux" } });
    await install();
    expect(await readTree(destination)).toHaveProperty(["lib/libruby-static.a"]);
  });

  test("says whether the archive was verified", async () => {
    const { url } = await startServer(give(archive));
    const vouched = await prepare({ url });
    await vouched.install();
    expect(vouched.lines).toContain(`SHA-256 \`${sha256}\`, as in the inventory`);
    const unvouched = await prepare({ url, sha256: undefined });
    expect(await unvouched.install()).toEqual({ sha256 });
    const words = `SHA-256 \`${sha256}\`; not verified, because upstream publishes no checksum`;
    expect(unvouched.lines).toContain(words);
  });

  test("downloads only from the mirror, and says so", async () => {
    const upstream = await startServer(give(archive));
    const mirror = await startServer(give(archive));
    const env = { BP_DEPENDENCY_MIRROR: `${mirror.url}/files` };
    const { install, lines } = await prepare({ url: `${upstream.url}/ruby.tgz` }, env);
    await install();
    expect(mirror.requests).toEqual(["/files/ruby.tgz"]);
    expect(upstream.requests).toEqual([]);
    expect(lines.slice(0, 2)).toEqual([
      "From the mirror in `BP_DEPENDENCY_MIRROR`",
      `Downloading \`${mirror.url}/files/ruby.tgz\``,
    ]);
  });

  test("accepts a directory as a mirror", async () => {
    const directory = await makeTree({ "example.com/": "" });
    await writeFile(join(directory, "example.com/ruby.tgz"), archive);
    const env = { BP_DEPENDENCY_MIRROR: `${pathToFileURL(directory).href}/{originalHost}` };
    const { install, destination } = await prepare({ url: "https://example.com/ruby.tgz" }, env);
    await install();
    expect(await readTree(destination)).toEqual({ "bin/ruby": "#!/bin/sh\n" });
  });

  test("does not let a mirror change the checksum", async () => {
    const mirror = await startServer(give("another file"));
    const env = { BP_DEPENDENCY_MIRROR: mirror.url };
    const { install } = await prepare({ url: "https://example.com/ruby.tgz" }, env);
    const failure = await failureOf(install());
    expect(failure).toMatchObject({ code: "download/checksum-mismatch", expected: sha256 });
  });
});

describe("an installation that fails", () => {
  const hostile = tarballGz([
    { path: "ruby/bin/ruby", body: "x" },
    { path: "../../out", body: "x" },
  ]);

  test.for([
    ["download/not-found", status(404), sha256],
    ["download/truncated", cutAtHalf("x".repeat(1000)), sha256],
    ["download/checksum-mismatch", give("another file"), sha256],
    ["artifact/unpack-failed", give(hostile), undefined],
    ["artifact/unpack-failed", give(archive.subarray(0, archive.length / 2)), undefined],
  ] as const)("leaves what was there as it was, and nothing beside it: %s", async (row) => {
    const [code, answer, wanted] = row;
    const { url } = await startServer(answer);
    const { install, destination, parent, root } = await prepare({ url, sha256: wanted });
    expect(await failureOf(install())).toMatchObject({ code });
    expect(await readTree(destination)).toEqual({ "old/file": "of the last build" });
    expect(await readdir(parent)).toEqual(["ruby"]);
    expect(await readdir(root)).toEqual(["layers"]);
  });

  test("unpacks nothing before the checksum is verified", async () => {
    const { url } = await startServer(give(archive));
    const { install, lines } = await prepare({ url, sha256: "0".repeat(64) });
    expect(await failureOf(install())).toMatchObject({ code: "download/checksum-mismatch" });
    expect(lines).not.toContain("Unpacking");
  });

  test("downloads no source if it cannot be compiled", async () => {
    const server = await startServer(give(archive));
    const { install } = await prepare({ url: server.url, kind: "source" });
    expect(await failureOf(install())).toMatchObject({ code: "compile/tools-missing" });
    expect(server.requests).toEqual([]);
  });
});

async function prepare(artifact: Partial<Artifact>, mirrorEnv: Record<string, string> = {}) {
  const root = await makeTree({ "layers/ruby/old/file": "of the last build" });
  const destination = join(root, "layers/ruby");
  const fetcher = createFetcher({ env: {} });
  onTestFinished(() => fetcher.close());
  const section = recordSection();
  const context = {
    section,
    run: runCommand,
    env: { PATH: "/nonexistent" },
    fetcher,
    mirrors: readMirrors(mirrorEnv, []),
    signal: new AbortController().signal,
    cpus: 1,
    policy: { attempts: 2, stallMilliseconds: 20_000, pauseMilliseconds: 1, sleep: async () => {} },
  };
  const install = () => installArtifact({ ...prebuilt, ...artifact }, destination, context);
  return { root, parent: dirname(destination), destination, install, lines: section.lines };
}

const prebuilt: Artifact = {
  name: "ruby",
  version: "3.4.5",
  kind: "prebuilt",
  url: "https://example.com/ruby-3.4.5.tgz",
  sha256,
  stripComponents: 1,
  builtFor: { os: "linux", arch: "amd64" },
  origin: "buildpack",
};
