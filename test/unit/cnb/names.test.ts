import { describe, expect, test } from "vitest";
import { buildpackId, layerName, parseLayerName, processType } from "../../../src/cnb/names.ts";

describe("Phase #5: Build, names of layers", () => {
  test.each(["ruby", "secret-key-base", "gems_2"])("takes %s", (name) => {
    expect(parseLayerName(name)).toBe(name);
  });

  test.each(["build", "launch", "store"])("refuses %s, which names a file of the spec", (name) => {
    expect(layerName.safeParse(name).success).toBe(false);
  });

  test.each(["ruby-3.3", "a/b", "..", ""])(
    "refuses %j, since SBOM files are matched up to their first dot",
    (name) => {
      expect(layerName.safeParse(name).success).toBe(false);
    },
  );
});

describe("launch.toml (TOML), process types", () => {
  test.each(["web", "web.1", "web_2-x"])("takes %s", (type) => {
    expect(processType.safeParse(type).success).toBe(true);
  });

  test.each(["", "web worker", "web/1", "wéb"])("refuses %j", (type) => {
    expect(processType.safeParse(type).success).toBe(false);
  });
});

describe("buildpack.toml (TOML), the buildpack ID", () => {
  test.each(["lapidary/ruby", "io.buildpacks.ruby", "app-1"])("takes %s", (id) => {
    expect(buildpackId.safeParse(id).success).toBe(true);
  });

  test.each(["app", "config", "generated", "sbom", "a b", "a_b", ""])("refuses %j", (id) => {
    expect(buildpackId.safeParse(id).success).toBe(false);
  });
});
