import { test } from "vitest";
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
import { parseToml, TomlSyntaxError } from "../../../src/toml.ts";
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
