import { parse, TomlDate as ParsersDate } from "smol-toml";
import { expect, test } from "vitest";
import type * as z from "zod";
import { buildPlanSchema } from "../../../src/cnb/build-plan-schema.ts";
import { buildTomlCodec } from "../../../src/cnb/build-toml.ts";
import { buildpackDescriptorCodec } from "../../../src/cnb/buildpack-descriptor.ts";
import { buildpackPlanCodec } from "../../../src/cnb/buildpack-plan.ts";
import { launchCodec } from "../../../src/cnb/launch.ts";
import { layerContentMetadataCodec } from "../../../src/cnb/layers/layer-content-metadata.ts";
import { storeCodec } from "../../../src/cnb/store.ts";
import { decodeToml } from "../../../src/cnb/toml-file.ts";
import { parseProjectDescriptor } from "../../../src/platform/inputs/project-descriptor.ts";
import { parseForeignToml, parseToml, TomlDate, TomlSyntaxError } from "../../../src/toml.ts";
import { fuzz, texts, timeout, tomlTokens } from "../../support/fuzz/fuzz.ts";

const seeds = texts(
  'api = "0.10"\n[buildpack]\nid = "a/b"\nversion = "1.0.0"\n[[targets]]\nos = "linux"\n',
  '[types]\nbuild = true\nlaunch = true\ncache = false\n[metadata]\nkey = "value"\nlist = [1, 2.5, "x"]\n',
  '[[processes]]\ntype = "web"\ncommand = ["ruby", "x"]\nargs = ["-p"]\ndefault = true\n[[labels]]\nkey = "a"\nvalue = "b"\n',
  '[[provides]]\nname = "ruby"\n[[requires]]\nname = "node"\n[requires.metadata]\nbuild = true\n[[or]]\n',
  '[[entries]]\nname = "ruby"\n[entries.metadata]\nwhen = 2026-08-06T10:00:00Z\n',
  '[[unmet]]\nname = "x"\n',
  "[a.b.c]\nd = \"\"\"x\ny\"\"\"\ne = '''z'''\nf = 0x1f\ng = 1_000\nh = inf\ni = [[[]]]\n",
);

const codecs: readonly z.ZodType[] = [
  ...[buildpackDescriptorCodec, layerContentMetadataCodec, launchCodec, buildPlanSchema],
  ...[buildpackPlanCodec, buildTomlCodec, storeCodec],
];

test("TOML files of the Buildpack API", { timeout }, async () => {
  let next = 0;
  await fuzz(seeds, tomlTokens, (input) => {
    next += 1;
    const text = input.toString();
    // Each input is for one kind of file: to read it as all of them would take seven times as long.
    decodeToml(text, codecs[next % codecs.length] as z.ZodType);
    try {
      parseToml(text);
    } catch (error) {
      if (!(error instanceof TomlSyntaxError)) throw error;
    }
  });
});

test("project.toml", { timeout }, async () => {
  const descriptors = texts(
    '[_]\nschema-version = "0.2"\n[io.buildpacks]\ninclude = ["x"]\n[[io.buildpacks.build.env]]\nname = "A"\nvalue = "b"\n',
    '[build]\nexclude = ["*.log"]\n[[build.buildpacks]]\nid = "a/b"\nuri = "file:///x"\n[[build.env]]\nname = "A"\nvalue = "b"\n',
  );
  await fuzz(descriptors, tomlTokens, (input) =>
    parseProjectDescriptor(input.toString(), "project.toml"),
  );
});

test("dates of TOML are found where the parser finds them", { timeout }, async () => {
  const documents = texts(
    "a = 2026-08-06T10:00:00.5Z # 07:08\n2026-08-06 = [2026-08-06, 10:00:00]\nb = { c = 2026-08-06 10:00:00 }\n",
    "a = '2026-08-06'\nb = \"\"\"\n10:00:00\\\"\"\"\"\nc = '''x'\n2026-08-06''''\n[[2026-08-06.d]]\ne = [[10:00]]\n",
  );
  const tokens = [...tomlTokens, "2026-08-06", "10:00:00", "T", "Z", "+02:00"];
  await fuzz(documents, tokens, (input) => {
    const text = input.toString();
    // The parser takes `2026-08- 6` for a date, which lifecycles refuse as we do.
    if (/\d-(?!\d\d)|\d:(?!\d\d)/.test(text)) return;
    const expected = tryTo(() => countOf(ParsersDate, parse(text, { integersAsBigInt: true })));
    if (expected === undefined) return;
    try {
      expect(countOf(TomlDate, parseForeignToml(text))).toBe(expected);
    } catch (error) {
      const isStricter =
        error instanceof TomlSyntaxError && /no such date|more than 64 bits/.test(error.message);
      if (!isStricter) throw error;
    }
  });
});

function tryTo<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function countOf(kind: new (...args: never[]) => object, value: unknown): number {
  if (value instanceof kind) return 1;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, item) => sum + countOf(kind, item), 0);
}
