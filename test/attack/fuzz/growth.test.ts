import { describe, expect, test } from "vitest";
import { parseProcfile } from "../../../src/procfile.ts";
import { parseBundleConfig } from "../../../src/ruby/bundle-config.ts";
import { parseGemfileLock } from "../../../src/ruby/lockfile/parse-gemfile-lock.ts";
import { databasesBesidePrimary, sqliteDirectories } from "../../../src/ruby/database-yml.ts";
import { parseToml, TomlSyntaxError } from "../../../src/toml.ts";
import { growthOf } from "../../support/fuzz/growth.ts";
import { ring } from "../../support/world.ts";

const timeout = ring === "check" ? 60_000 : 180_000;
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
    [
      "blank lines in database.yml",
      sqliteDirectories,
      (size) => `production:\n${" \n".repeat(size)}`,
    ],
    [
      "databases in database.yml",
      databasesBesidePrimary,
      (size) => `production:\n${many(size, (index) => `  d${index}:\n    url: x\n`)}`,
    ],
    [
      "productions in database.yml",
      sqliteDirectories,
      (size) => "production: a\nproduction:\n".repeat(size),
    ],
    ["tables of TOML", toleratingToml, (size) => many(size, (index) => `[t${index}]\nx = 1\n`)],
    ["a list of TOML", toleratingToml, (size) => `x = [${many(size, () => "1, ")}]`],
    ["a string of TOML", toleratingToml, (size) => `x = "${"y".repeat(size)}"`],
    ["a comment of TOML", toleratingToml, (size) => `#${"y".repeat(size)}`],
  ])("%s", ([, read, inputOf]) => {
    expect(growthOf(read, inputOf)).toBeLessThan(3);
  });
});

test("a reader that compares each line with all earlier ones is found", { timeout }, () => {
  const lines: string[] = [];
  const comparing = (text: string) => {
    lines.length = 0;
    for (const line of text.split("\n")) if (!lines.includes(line)) lines.push(line);
  };
  expect(growthOf(comparing, (size) => many(size, (index) => `${index}\n`))).toBeGreaterThan(3);
});

function toleratingToml(text: string): void {
  try {
    parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlSyntaxError)) throw error;
  }
}
