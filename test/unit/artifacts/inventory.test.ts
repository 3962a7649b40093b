import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadInventory } from "../../../src/artifacts/inventory.ts";
import type { InventoryOptions } from "../../../src/artifacts/inventory.ts";
import { createFetcher } from "../../../src/system/http/fetcher.ts";
import { failureOf } from "../../support/failure.ts";
import { give, startServer } from "../../support/servers/loopback-server.ts";
import { recordSection } from "../../support/section.ts";
import { makeTree } from "../../support/tree.ts";

const checksum = "ab".repeat(32);

const own = `
[[artifacts]]
name = "ruby"
version = "3.4.5"
kind = "source"
url = "https://example.com/ruby-3.4.5.tar.gz"
sha256 = "${checksum}"
strip-components = 1

[[artifacts]]
name = "ruby"
version = "3.4.5"
kind = "prebuilt"
url = "https://example.com/noble/ruby-3.4.5.tgz"
os = "linux"
arch = "amd64"
distro-name = "ubuntu"
distro-version = "24.04"
`;

const operators = `
[[artifacts]]
name = "ruby"
version = "3.4.5"
kind = "source"
url = "files/ruby-3.4.5.tar.gz"
sha256 = "${checksum.toUpperCase()}"
strip-components = 1

[[artifacts]]
name = "ruby"
version = "3.3.8"
kind = "prebuilt"
url = "/ruby-3.3.8.tgz"
arch = "arm64"
distro-name = "debian"
distro-version = "12"
`;

describe("the buildpack's inventory", () => {
  test("is read from all files except that of the branches", async () => {
    const buildpackDir = await makeTree({
      "inventory/ruby.toml": own,
      "inventory/jemalloc.toml": "artifacts = []",
      "inventory/ruby-branches.toml": "[[branches]]",
    });
    expect(await load({ buildpackDir })).toEqual([
      {
        name: "ruby",
        version: "3.4.5",
        kind: "source",
        url: "https://example.com/ruby-3.4.5.tar.gz",
        sha256: checksum,
        stripComponents: 1,
        builtFor: {},
        origin: "buildpack",
      },
      {
        name: "ruby",
        version: "3.4.5",
        kind: "prebuilt",
        url: "https://example.com/noble/ruby-3.4.5.tgz",
        sha256: undefined,
        stripComponents: 0,
        builtFor: { os: "linux", arch: "amd64", distroName: "ubuntu", distroVersion: "24.04" },
        origin: "buildpack",
      },
    ]);
  });
});

describe("a portable Ruby", () => {
  const portable = `
[[artifacts]]
name = "ruby"
version = "3.4.5"
kind = "portable"
url = "https://example.com/ruby-3.4.5.x86_64_linux.tar.gz"
sha256 = "${checksum}"
arch = "amd64"
min-glibc = "2.39"
strip-components = 2
`;

  test("has the oldest C library that it runs on", async () => {
    const buildpackDir = await makeTree({ "inventory/ruby.toml": portable });
    expect(await load({ buildpackDir })).toEqual([
      {
        name: "ruby",
        version: "3.4.5",
        kind: "portable",
        url: "https://example.com/ruby-3.4.5.x86_64_linux.tar.gz",
        sha256: checksum,
        stripComponents: 2,
        builtFor: { os: "linux", arch: "amd64", glibc: "2.39" },
        origin: "buildpack",
      },
    ]);
  });

  test.for([
    ["sha256", `sha256 = "${checksum}"`],
    ["min-glibc", 'min-glibc = "2.39"'],
    ["arch", 'arch = "amd64"'],
  ])("without %s is rejected", async ([field, line = ""]) => {
    const buildpackDir = await makeTree({ "inventory/ruby.toml": portable.replace(line, "") });
    const failure = await failureOf(load({ buildpackDir }));
    expect(failure).toMatchObject({
      problem: expect.stringMatching(new RegExp(`at artifacts\\[0\\].*${field}`)),
    });
  });

  test("of the operator replaces only the one for the same C library", async () => {
    const buildpackDir = await makeTree({
      "inventory/ruby.toml": `${portable}${portable.replace("2.39", "2.35")}`,
    });
    const directory = await makeTree({ "mine.toml": portable });
    const url = pathToFileURL(join(directory, "mine.toml")).href;
    const inventory = await load({ buildpackDir, operator: `${url}#sha256=${sha256(portable)}` });
    expect(inventory.map(({ origin, builtFor: { glibc } }) => [origin, glibc])).toEqual([
      ["operator", "2.39"],
      ["buildpack", "2.35"],
    ]);
  });
});

describe("the operator's inventory", () => {
  test("adds entries, replaces those for the same, and resolves URLs against its own", async () => {
    const server = await startServer(give(operators));
    const inventory = await loadWith(
      `${server.url}/deep/inventory.toml#sha256=${sha256(operators)}`,
    );
    expect(inventory.map(({ origin, kind, version, url }) => [origin, kind, version, url])).toEqual(
      [
        ["operator", "source", "3.4.5", `${server.url}/deep/files/ruby-3.4.5.tar.gz`],
        ["operator", "prebuilt", "3.3.8", `${server.url}/ruby-3.3.8.tgz`],
        ["buildpack", "prebuilt", "3.4.5", "https://example.com/noble/ruby-3.4.5.tgz"],
      ],
    );
    expect(inventory[0]?.sha256).toBe(checksum);
    expect(server.requests).toEqual(["/deep/inventory.toml"]);
  });

  test("may be a file with archives next to it", async () => {
    const directory = await makeTree({ "inventory.toml": operators });
    const url = pathToFileURL(join(directory, "inventory.toml")).href;
    const [first] = await loadWith(`${url}#sha256=${sha256(operators)}`);
    expect(first?.url).toBe(pathToFileURL(join(directory, "files/ruby-3.4.5.tar.gz")).href);
  });

  test("is read from the cache if the checksum is that of the setting", async () => {
    const directory = await makeTree({ "inventory.toml": operators, "cache/": "" });
    const path = join(directory, "inventory.toml");
    const operator = `${pathToFileURL(path).href}#sha256=${sha256(operators)}`;
    const cacheDir = join(directory, "cache");
    const before = await loadWith(operator, cacheDir);
    await rm(path);
    expect(await loadWith(operator, cacheDir)).toEqual(before);
  });

  test("is rejected if its checksum is not that of the setting", async () => {
    const server = await startServer(give(`${operators}# changed`));
    const operator = `${server.url}/inventory.toml#sha256=${sha256(operators)}`;
    expect(await failureOf(loadWith(operator))).toEqual({
      code: "download/checksum-mismatch",
      url: `${server.url}/inventory.toml`,
      expected: sha256(operators),
      received: sha256(`${operators}# changed`),
    });
  });

  test.for([
    ["inventory.toml", "it is not a URL"],
    ["ftp://example.com/i.toml#sha256=00", "`ftp:` is not `https:`, `http:` or `file:`"],
    ["https://example.com/i.toml", "it does not end in `#sha256=` and 64 hexadecimal digits"],
    [
      "https://example.com/i.toml#sha256=12",
      "it does not end in `#sha256=` and 64 hexadecimal digits",
    ],
  ])("cannot be at %s", async ([location = "", problem]) => {
    const failure = await failureOf(loadWith(location));
    expect(failure).toEqual({ code: "artifact/inventory-invalid", location, problem });
  });

  test.for<[string, string, RegExp]>([
    ["no TOML", "artifacts = [", /./],
    ["a version with a dash", operators.replace("3.3.8", "3.5.0-preview1"), /such as `3\.4\.5`/],
    [
      "a short checksum",
      operators.replace(/sha256 = ".*"/, 'sha256 = "ab"'),
      /64 hexadecimal digits/,
    ],
    ["an unknown kind", operators.replace("prebuilt", "binary"), /artifacts\[1\]\.kind/],
    ["a misspelled field", operators.replace("arch =", "architecture ="), /architecture/],
    [
      "a source that nobody can compile",
      operators.replace('"ruby"', '"node"'),
      /artifacts\[0\]\.name/,
    ],
  ])("is rejected with the field's name if it has %s", async ([, text, problem]) => {
    const server = await startServer(give(text));
    const failure = await failureOf(loadWith(`${server.url}/i.toml#sha256=${sha256(text)}`));
    expect(failure).toMatchObject({
      code: "artifact/inventory-invalid",
      location: `${server.url}/i.toml`,
      problem: expect.stringMatching(problem),
    });
  });
});

async function loadWith(operator: string, cacheDir?: string) {
  const buildpackDir = await makeTree({ "inventory/ruby.toml": own });
  return await load({ buildpackDir, operator, cacheDir });
}

async function load(options: InventoryOptions) {
  const fetcher = createFetcher({ env: {} });
  onTestFinished(() => fetcher.close());
  const { signal } = new AbortController();
  const policy = {
    attempts: 1,
    stallMilliseconds: 20_000,
    pauseMilliseconds: 0,
    sleep: async () => {},
  };
  return await loadInventory(options, { fetcher, section: recordSection(), signal, policy });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
