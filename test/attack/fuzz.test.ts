import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { parseInventoryFile } from "../../src/artifacts/inventory-file.ts";
import { buildPlanSchema } from "../../src/cnb/build-plan-schema.ts";
import { buildTomlCodec } from "../../src/cnb/build-toml.ts";
import { buildpackDescriptorCodec } from "../../src/cnb/buildpack-descriptor.ts";
import { buildpackPlanCodec } from "../../src/cnb/buildpack-plan.ts";
import { launchCodec } from "../../src/cnb/launch.ts";
import { layerContentMetadataCodec } from "../../src/cnb/layer-content-metadata.ts";
import { storeCodec } from "../../src/cnb/store.ts";
import { readBindings } from "../../src/cnb/bindings.ts";
import { BuildpackError } from "../../src/failure.ts";
import { unpackArchive } from "../../src/oci/unpack-archive.ts";
import { readProjectDescriptor } from "../../src/platform/inputs/project-descriptor.ts";
import { parseProcfile } from "../../src/procfile.ts";
import { parseBundleConfig } from "../../src/ruby/bundle-config.ts";
import { parseGemfileLock } from "../../src/ruby/lockfile/parse-gemfile-lock.ts";
import { readElfNeeds } from "../../src/system/elf-needs.ts";
import { elfHeaderBytes, parseElfHeader, parseSegments } from "../../src/system/elf.ts";
import { parseToml, TomlSyntaxError } from "../../src/toml.ts";
import { mutations } from "../support/mutations.ts";
import { tarball } from "../support/packages/tarball.ts";
import { treeDigest } from "../support/tree-digest.ts";
import { makeTree } from "../support/tree.ts";
import { fullRing } from "../support/world.ts";

const inputs = fullRing ? 1_000_000 : 10_000;
const timeout = fullRing ? 3_600_000 : 180_000;

const texts = (...all: string[]) => all.map((text) => Buffer.from(text));
const pathTokens = ["../", "..", "/", "//", "./", "\0", "x/../../y", "/proc/self/environ", "é"];

/**
 * Gives a reader its inputs. What it throws must be a failure that users can read, and nothing that it
 * reads may change the prototypes that all objects share.
 */
async function fuzz(
  seeds: readonly Buffer[],
  tokens: readonly string[],
  read: (input: Buffer) => unknown,
): Promise<void> {
  const common = ["\n", "\r\n", " ", '"', "'", "=", ":", "__proto__", "constructor", "\u{1F600}"];
  const all = mutations(seeds, [...tokens, ...common], 20_260_806);
  for (let count = 0; count < inputs; count += 1) {
    const input = all.next().value;
    try {
      await read(input);
    } catch (error) {
      if (error instanceof BuildpackError) continue;
      throw new Error(`input ${count}: ${JSON.stringify(input.toString("latin1"))}`, {
        cause: error,
      });
    }
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
}

const toml = texts(
  'api = "0.10"\n[buildpack]\nid = "a/b"\nversion = "1.0.0"\n[[targets]]\nos = "linux"\n',
  '[types]\nbuild = true\nlaunch = true\ncache = false\n[metadata]\nkey = "value"\nlist = [1, 2.5, "x"]\n',
  '[[processes]]\ntype = "web"\ncommand = ["ruby", "x"]\nargs = ["-p"]\ndefault = true\n[[labels]]\nkey = "a"\nvalue = "b"\n',
  '[[provides]]\nname = "ruby"\n[[requires]]\nname = "node"\n[requires.metadata]\nbuild = true\n[[or]]\n',
  '[[entries]]\nname = "ruby"\n[entries.metadata]\nwhen = 2026-08-06T10:00:00Z\n',
  '[[unmet]]\nname = "x"\n',
  "[a.b.c]\nd = \"\"\"x\ny\"\"\"\ne = '''z'''\nf = 0x1f\ng = 1_000\nh = inf\ni = [[[]]]\n",
);
const tomlTokens = [
  "[",
  "]",
  "[[",
  "]]",
  "{",
  "}",
  '"""',
  "'''",
  "\\u0000",
  "\\x",
  "#",
  ".",
  ",",
  "nan",
  "1e999",
  "0b1",
];

const codecs: readonly z.ZodType[] = [
  ...[buildpackDescriptorCodec, layerContentMetadataCodec, launchCodec, buildPlanSchema],
  ...[buildpackPlanCodec, buildTomlCodec, storeCodec],
];

const lockfile = texts(
  "GEM\n  remote: https://rubygems.org/\n  specs:\n    rack (3.1.0)\n    rails (8.0.1)\n      rack (>= 2, < 4)\n    nokogiri (1.18.0-x86_64-linux)\n\nPLATFORMS\n  ruby\n  x86_64-linux\n\nDEPENDENCIES\n  rails (~> 8.0)!\n\nCHECKSUMS\n  rack (3.1.0) sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n\nRUBY VERSION\n   ruby 3.4.4p34\n\nBUNDLED WITH\n   2.6.2\n",
  "GIT\n  remote: https://example.com/x.git\n  revision: 0123\n  branch: main\n  specs:\n    x (1.0)\n\nPATH\n  remote: .\n  specs:\n    y (0.1)\n",
  "<<<<<<< HEAD\n",
);

const elf = elfFile();

/** A shared library that needs two others, made byte by byte. */
function elfFile(): Buffer {
  const file = Buffer.alloc(512);
  file.write("\x7fELF", 0, "latin1");
  file.set([2, 1, 1], 4);
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(62, 18);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(2, 56);
  const segment = (at: number, type: number, offset: bigint, bytes: bigint) => {
    file.writeUInt32LE(type, at);
    for (const place of [8, 16]) file.writeBigUInt64LE(offset, at + place);
    file.writeBigUInt64LE(bytes, at + 32);
  };
  segment(64, 1, 0n, 512n);
  segment(120, 2, 256n, 80n);
  const tags: [bigint, bigint][] = [
    [1n, 1n],
    [1n, 11n],
    [5n, 400n],
    [10n, 32n],
    [0n, 0n],
  ];
  for (const [index, [tag, value]] of tags.entries()) {
    file.writeBigUInt64LE(tag, 256 + index * 16);
    file.writeBigUInt64LE(value, 264 + index * 16);
  }
  file.write("\0libc.so.6\0libm.so.6\0", 400, "latin1");
  return file;
}

describe("no input makes a reader fail in a way that a user cannot read", { timeout }, () => {
  test("TOML files of the Buildpack API", async () => {
    await fuzz(toml, tomlTokens, (input) => {
      try {
        const value = parseToml(input.toString());
        for (const codec of codecs) codec.safeDecode(value);
      } catch (error) {
        if (!(error instanceof TomlSyntaxError)) throw error;
      }
    });
  });

  test("project.toml", async () => {
    const app = await makeTree();
    const seeds = texts(
      '[_]\nschema-version = "0.2"\n[io.buildpacks]\ninclude = ["x"]\n[[io.buildpacks.build.env]]\nname = "A"\nvalue = "b"\n',
      '[build]\nexclude = ["*.log"]\n[[build.buildpacks]]\nid = "a/b"\nuri = "file:///x"\n[[build.env]]\nname = "A"\nvalue = "b"\n',
    );
    await fuzz(seeds, tomlTokens, async (input) => {
      writeFileSync(join(app, "project.toml"), input);
      await readProjectDescriptor(app);
    });
  });

  test("Procfile", async () => {
    const seeds = texts(
      "web: bundle exec puma -p $PORT\nworker: x\n# y\n",
      "\u{FEFF}a: b\r\nc: d\r",
    );
    await fuzz(seeds, ["..:", "web:", "#", "\t", "\u{2028}"], (input) => {
      for (const { type } of parseProcfile(input.toString()).entries) {
        expect(type).toMatch(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,255}$/);
      }
    });
  });

  test(".bundle/config", async () => {
    const seeds = texts(
      '---\nBUNDLE_PATH: "vendor"\nBUNDLE_JOBS: "4"\nBUNDLE_WITHOUT:\n- a\n- b\n',
      "BUNDLE_BUILD__PG: --with-lib=/app/x\nBUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: http://x\n",
    );
    await fuzz(seeds, ["BUNDLE_", "- ", "---", "BUNDLE_GEMFILE: x\n"], (input) => {
      const { applied } = parseBundleConfig(input.toString());
      for (const name of Object.keys(applied)) expect(name).toMatch(/^BUNDLE_/);
    });
  });

  test("ELF", async () => {
    const path = join(await makeTree(), "file");
    await fuzz(
      [elf, elf.subarray(0, 64)],
      ["\x7fELF", "\xff\xff\xff\xff\xff\xff\xff\xff"],
      async (input) => {
        const header = parseElfHeader(input);
        if (header) parseSegments(input.subarray(elfHeaderBytes), header);
        if (!header) return;
        writeFileSync(path, input);
        await readElfNeeds(path);
      },
    );
  });

  test("Gemfile.lock", async () => {
    const tokens = [
      "GEM\n",
      "  specs:\n",
      "CHECKSUMS\n",
      "!",
      "(",
      ")",
      ",",
      "sha256=",
      "-",
      "    ",
      "PLUGIN SOURCE\n",
    ];
    await fuzz(lockfile, tokens, (input) => {
      const parsed = parseGemfileLock(input.toString());
      if (parsed.kind === "refused") expect(parsed.line).toBeGreaterThan(0);
    });
  });

  test("inventory", async () => {
    const seeds = texts(
      `[[artifacts]]\nname = "ruby"\nversion = "3.4.4"\nkind = "prebuilt"\nurl = "https://x/y.tgz"\nsha256 = "${"0".repeat(64)}"\nos = "linux"\narch = "amd64"\n`,
      '[[artifacts]]\nname = "ruby"\nversion = "3.4.4"\nkind = "source"\nurl = "y.tgz"\nstrip-components = 1\n',
    );
    await fuzz(seeds, [...tomlTokens, "http://", "file://host/"], (input) =>
      parseInventoryFile(input.toString(), "inventory"),
    );
  });

  test("bindings", async () => {
    const root = await makeTree();
    await mkdir(join(root, "one"));
    await fuzz(
      texts("postgresql\n", "ca-certificates", "url: x\n\0"),
      pathTokens,
      async (input) => {
        writeFileSync(join(root, "one/type"), input);
        writeFileSync(join(root, "one/provider"), input.subarray(input.length / 2));
        await readBindings(root);
      },
    );
  });

  test("tar archives, of which nothing leaves its directory", async () => {
    const root = await makeTree({ "victim/file": "mine" });
    const [archive, destination] = [join(root, "archive"), join(root, "destination")];
    const seeds = [
      tarball([
        { path: "top/", type: "Directory", mode: 0o755 },
        { path: "top/file", body: "x".repeat(600), mode: 0o4755 },
        { path: "top/link", type: "SymbolicLink", linkpath: "file" },
        { path: "top/hard", type: "Link", linkpath: "top/file" },
      ]),
      tarball([
        { path: "top/../../victim/file", body: "y" },
        { path: "top/out", type: "SymbolicLink", linkpath: "../../victim" },
        { path: "top/out/file", body: "z" },
      ]),
      tarball([{ path: "top/pipe", type: "FIFO" }]),
    ];
    const before = await treeDigest(join(root, "victim"));
    await fuzz(seeds, pathTokens, async (input) => {
      if (readdirSync(root).includes("destination")) rmSync(destination, { recursive: true });
      mkdirSync(destination);
      writeFileSync(archive, input);
      await unpackArchive({ archive, destination, stripComponents: 1 });
    });
    expect(await treeDigest(join(root, "victim"))).toBe(before);
    expect(readdirSync(root).toSorted()).toEqual(["archive", "destination", "victim"]);
  });
});

/** Processor time of some work in microseconds: the least of several runs, which others disturb least. */
function costOf(work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run += 1) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, user + system);
  }
  return least;
}

/** How much more an input of twice the size costs; of several attempts the least, since noise only adds. */
function growthOf(read: (text: string) => unknown, inputOf: (size: number) => string): number {
  let size = 1000;
  while (size < 1 << 22 && costOf(() => read(inputOf(size))) < 20_000) size *= 2;
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 5 && least >= 2.5; attempt += 1) {
    const [once, twice] = [inputOf(size), inputOf(2 * size)];
    least = Math.min(least, costOf(() => read(twice)) / costOf(() => read(once)));
  }
  return least;
}

const many = (size: number, each: (index: number) => string) =>
  Array.from({ length: size }, (_, index) => each(index)).join("");
const gem = "GEM\n  specs:\n    a (1)\n\n";

describe("an input of twice the size takes less than three times the work", { timeout }, () => {
  test.for<[string, (text: string) => unknown, (size: number) => string]>([
    [
      "checksums on one line",
      parseGemfileLock,
      (size) => `${gem}CHECKSUMS\n  a (1) ${many(size, (index) => `md${index}=x,`)}\n`,
    ],
    [
      "checksums of one gem on many lines",
      parseGemfileLock,
      (size) => `${gem}CHECKSUMS\n${many(size, (index) => `  a (1) md${index}=x\n`)}`,
    ],
    [
      "gems of a lockfile",
      parseGemfileLock,
      (size) => `GEM\n  specs:\n${many(size, (index) => `    g${index} (1.0)\n`)}`,
    ],
    [
      "gems of one name",
      parseGemfileLock,
      (size) => `GEM\n  specs:\n${many(size, () => "    g (1.0)\n")}`,
    ],
    [
      "dependencies of one gem",
      parseGemfileLock,
      (size) =>
        `${gem}GEM\n  specs:\n    b (1)\n${many(size, (index) => `      g${index} (>= ${index})\n`)}`,
    ],
    [
      "requirements on one line",
      parseGemfileLock,
      (size) => `DEPENDENCIES\n  a (${many(size, (index) => `>= ${index}, `)}>= 1)\n`,
    ],
    [
      "platforms",
      parseGemfileLock,
      (size) => `PLATFORMS\n${many(size, (index) => `  x86_64-linux-${index}\n`)}`,
    ],
    [
      "sources",
      parseGemfileLock,
      (size) => many(size, (index) => `GEM\n  remote: https://x/${index}\n  specs:\n`),
    ],
    [
      "remotes of one source",
      parseGemfileLock,
      (size) => `GEM\n${many(size, (index) => `  remote: https://x/${index}\n`)}  specs:\n`,
    ],
    [
      "spaces in a lockfile",
      parseGemfileLock,
      (size) => `GEM\n  specs:\n    a${" ".repeat(size)}(1)\n`,
    ],
    [
      "a version of many parts",
      parseGemfileLock,
      (size) => `GEM\n  specs:\n    a (1${".1".repeat(size)})\n`,
    ],
    ["conflict markers that are none", parseGemfileLock, (size) => "<<<<<< ".repeat(size)],
    ["a Procfile of one type", parseProcfile, (size) => "web: x\n".repeat(size)],
    ["a Procfile of many types", parseProcfile, (size) => many(size, (index) => `t${index}: x\n`)],
    ["spaces in a Procfile", parseProcfile, (size) => `web${" ".repeat(size)}x`],
    ["spaces after a colon", parseProcfile, (size) => `web:${" ".repeat(size)}`],
    ["a list in .bundle/config", parseBundleConfig, (size) => `BUNDLE_X:\n${"- a\n".repeat(size)}`],
    ["colons in .bundle/config", parseBundleConfig, (size) => `BUNDLE_X${":x".repeat(size)} y`],
    [
      "spaces in .bundle/config",
      parseBundleConfig,
      (size) => `BUNDLE_X:${" ".repeat(size)}\n-${" ".repeat(size)}`,
    ],
    ["quotes in .bundle/config", parseBundleConfig, (size) => `BUNDLE_X: ${'"'.repeat(size)}'`],
    ["tables of TOML", toleratingToml, (size) => many(size, (index) => `[t${index}]\nx = 1\n`)],
    ["a list of TOML", toleratingToml, (size) => `x = [${many(size, () => "1, ")}]`],
    ["a string of TOML", toleratingToml, (size) => `x = "${"y".repeat(size)}"`],
    ["a comment of TOML", toleratingToml, (size) => `#${"y".repeat(size)}`],
  ])("%s", ([, read, inputOf]) => {
    expect(growthOf(read, inputOf)).toBeLessThan(3);
  });
});

function toleratingToml(text: string): void {
  try {
    parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlSyntaxError)) throw error;
  }
}
