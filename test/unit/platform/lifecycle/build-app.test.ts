import { readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makePlatform } from "../../../support/builds/local-platform.ts";
import { makeBuildpack } from "../../../support/buildpacks/tiny-buildpack.ts";

describe("buildApp", () => {
  test("builds an app with one buildpack and stores the result", async () => {
    const platform = await makePlatform({ "hello.txt": "hi" });
    const buildpack = await makeBuildpack({
      build: `
        mkdir -p "$CNB_LAYERS_DIR/tools/bin"
        echo "made from $(cat hello.txt)" > "$CNB_LAYERS_DIR/tools/bin/tool"
        printf '[types]\\nlaunch = true\\ncache = true\\n' > "$CNB_LAYERS_DIR/tools.toml"
        printf '[[processes]]\\ntype = "web"\\ncommand = ["run"]\\ndefault = true\\n' > "$CNB_LAYERS_DIR/launch.toml"
        echo "building"`,
    });
    const { report, log } = await platform.build([buildpack]);
    expect(log).toMatch(/^===> BUILDING\nbuilding\n===> EXPORTING$/m);
    expect(report.layers).toEqual([
      {
        buildpack: "test/one",
        name: "tools",
        types: { launch: true, build: false, cache: true },
        bytes: 13,
        fate: "created",
      },
    ]);
    expect(report.defaultProcess).toBe("web");
    expect(await readlink(platform.current)).toBe("builds/1");
    const tool = join(platform.current, "image/layers/test_one/tools/bin/tool");
    expect(await readFile(tool, "utf8")).toBe("made from hi\n");
  });
});
