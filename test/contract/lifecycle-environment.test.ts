import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { BuildOptions } from "../../src/platform/lifecycle/build-options.ts";
import { textOfBytes } from "../../src/system/environment/byte-text.ts";
import { makePlatform } from "../support/builds/local-platform.ts";
import { makeBuildpack, type TinyBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { makeTree } from "../support/tree.ts";

/**
 * The environment that the last of these buildpacks sees at build, without what the shell adds. The
 * path of the layers directory reads as `<layers>`.
 */
async function envOf(
  buildpacks: readonly TinyBuildpack[],
  options: Partial<BuildOptions> = {},
  phase: "detect" | "build" = "build",
): Promise<Record<string, string>> {
  const out = await makeTree();
  const record = `env -0 > ${out}/env`;
  const given = buildpacks.map(async (buildpack, index) => {
    const isLast = index === buildpacks.length - 1;
    const script = isLast ? `${buildpack[phase] ?? ""}\n${record}` : buildpack[phase];
    const id = `test/${index}`;
    return await makeBuildpack({ id, ...buildpack, ...(script ? { [phase]: script } : {}) });
  });
  const platform = await makePlatform();
  await platform.build(await Promise.all(given), options);
  const lines = (await readFile(join(out, "env"), "utf8")).split("\0").filter(Boolean);
  const layers = join(platform.state, "work/layers");
  const entries = lines.map((line) => {
    const [name = "", ...value] = line.split("=");
    return [name, value.join("=").replaceAll(layers, "<layers>")] as const;
  });
  const ofTheShell = new Set(["PWD", "OLDPWD", "SHLVL", "_"]);
  return Object.fromEntries(entries.filter(([name]) => !ofTheShell.has(name)));
}

const imageEnv = { PATH: "/usr/bin:/bin", HOME: "/nowhere" };

describe("Provided by the Platform: variables of the image", () => {
  test("only those on the list reach a buildpack", async () => {
    const listed = {
      CNB_STACK_ID: "stack",
      HOSTNAME: "host",
      HTTP_PROXY: "a",
      https_proxy: "b",
      NO_PROXY: "c",
      LD_LIBRARY_PATH: "/lib",
      LIBRARY_PATH: "/lib",
      CPATH: "/include",
      PKG_CONFIG_PATH: "/pc",
      ...imageEnv,
    };
    const stripped = {
      LANG: "C.UTF-8",
      USER: "me",
      RUBYOPT: "-w",
      SSL_CERT_FILE: "x",
      BUNDLE_PATH: "y",
    };
    for (const phase of ["detect", "build"] as const) {
      const env = await envOf([{}], { imageEnv: { ...listed, ...stripped } }, phase);
      expect(env).toMatchObject(listed);
      for (const name of Object.keys(stripped)) expect(env).not.toHaveProperty(name);
    }
  });

  test("HOME is the sandbox's where the image has none", async () => {
    const { HOME } = await envOf([{}], { imageEnv: { PATH: "/usr/bin:/bin" } });
    expect(HOME).toMatch(/\/home$/);
  });
});

describe("Provided by the Platform: the user's variables", () => {
  test("replace others, and stand before what variables of paths hold", async () => {
    const env = await envOf([{}], {
      imageEnv: { ...imageEnv, HTTP_PROXY: "image" },
      env: { HTTP_PROXY: "user", PATH: "/user/bin", CPATH: "/user/include", NEW: "x" },
    });
    expect(env).toMatchObject({
      HTTP_PROXY: "user",
      PATH: "/user/bin:/usr/bin:/bin",
      CPATH: "/user/include",
      NEW: "x",
    });
  });

  test("have names without suffixes and values to the byte", async () => {
    const value = ' two\nlines $HOME "quoted" ünï \n';
    const env = await envOf([{}], { env: { VALUE: value, "NAME.override": "literal", EMPTY: "" } });
    expect(env).toMatchObject({ VALUE: value, EMPTY: "" });
    expect(env).not.toHaveProperty("NAME");
  });

  test("have the same bytes in the platform directory, also bytes that are not UTF-8", async () => {
    const build = `od -An -tx1 "$CNB_PLATFORM_DIR/env/VALUE" | grep -qx ' ff 20 e9 0a'`;
    await envOf([{ build }], { env: { VALUE: textOfBytes(Buffer.from("\xff \xe9\n", "latin1")) } });
  });

  test("stand in files of the platform directory", async () => {
    const build = `[ "$(cat "$CNB_PLATFORM_DIR/env/NAME")" = value ]`;
    expect(await envOf([{ build }], { env: { NAME: "value" } })).toHaveProperty("NAME", "value");
  });

  test("are only files for a buildpack that wants a clear environment", async () => {
    const build = `[ "$(cat "$CNB_PLATFORM_DIR/env/NAME")" = value ]`;
    const options = { env: { NAME: "value", PATH: "/user/bin" } };
    const env = await envOf([{ about: "clear-env = true", build }], options);
    expect(env).not.toHaveProperty("NAME");
    expect(env).toHaveProperty("PATH", "/usr/bin:/bin");
  });

  test("beat what layers of earlier buildpacks set", async () => {
    const earlier = `layer l build; mkdir "$CNB_LAYERS_DIR/l/env"; printf layer > "$CNB_LAYERS_DIR/l/env/NAME"`;
    const env = await envOf([{ build: earlier }, {}], { env: { NAME: "user" } });
    expect(env).toHaveProperty("NAME", "user");
  });
});

describe("Provided by the Platform: the operator's variables", () => {
  test("come last, are defaults without a suffix, and reach buildpacks with a clear environment", async () => {
    const buildConfig = await makeTree({
      "env/NAME": "operator",
      "env/OTHER": "operator",
      "env/FORCED.override": "operator",
      "env/LIST.append": "operator",
      "env/LIST.delim": ",",
    });
    const user = { NAME: "user", FORCED: "user", LIST: "user" };
    expect(await envOf([{}], { buildConfig, env: user })).toMatchObject({
      NAME: "user",
      OTHER: "operator",
      FORCED: "operator",
      LIST: "user,operator",
    });
    const clear = await envOf([{ about: "clear-env = true" }], { buildConfig, env: user });
    expect(clear).toMatchObject({ NAME: "operator", LIST: "operator" });
  });
});

describe("Layer Paths and Environment Variable Modification Rules at build", () => {
  const layer = (name: string, ...files: [path: string, text: string][]) =>
    [
      `layer ${name} build`,
      ...files.map(([path, text]) => {
        const target = `"$CNB_LAYERS_DIR/${name}/${path}"`;
        return `mkdir -p "$(dirname ${target})"; printf '%s' '${text}' > ${target}`;
      }),
    ].join("\n");

  test("directories that exist go before what there is, the last layer first", async () => {
    const build = `${layer("a", ["bin/x", ""])}\n${layer("b", ["bin/x", ""], ["lib/x", ""], ["include/x", ""], ["pkgconfig/x", ""])}`;
    const env = await envOf([{ build }, {}]);
    expect(env).toMatchObject({
      PATH: "<layers>/test_0/b/bin:<layers>/test_0/a/bin:/usr/bin:/bin",
      LD_LIBRARY_PATH: "<layers>/test_0/b/lib",
      LIBRARY_PATH: "<layers>/test_0/b/lib",
      CPATH: "<layers>/test_0/b/include",
      PKG_CONFIG_PATH: "<layers>/test_0/b/pkgconfig",
    });
  });

  test("each layer's paths come before its variables, and both before the next layer's", async () => {
    const build = [
      layer("a", ["bin/x", ""], ["env/PATH.prepend", "/from-a"], ["env/PATH.delim", ":"]),
      layer("b", ["bin/x", ""]),
    ].join("\n");
    const { PATH } = await envOf([{ build }, {}]);
    expect(PATH).toBe("<layers>/test_0/b/bin:/from-a:<layers>/test_0/a/bin:/usr/bin:/bin");
  });

  test("files and directories may be links that stay in the layer", async () => {
    const build = `layer l build; cd "$CNB_LAYERS_DIR"; mkdir l/real; printf 1 > l/real/A; printf , > l/comma
      ln -s real l/env; ln -s "$PWD/l/real/A" l/real/B; ln -s ../comma l/real/B.delim; mv l.toml types; ln -s types l.toml
      mkdir l/env.build; ln -s ../comma l/env.build/A.append; ln -s ../env/A.delim l/env.build/A.delim
      printf - > l/real/A.delim`;
    expect(await envOf([{ build }, {}])).toMatchObject({ A: "1-,", B: "1" });
  });

  test("`env` applies before `env.build`; `env.launch` does not apply", async () => {
    const build = layer(
      "a",
      ["env/X", "all"],
      ["env.build/X.append", "+build"],
      ["env.launch/X", "launch"],
    );
    expect(await envOf([{ build }, {}])).toHaveProperty("X", "all+build");
  });

  test("files apply in the order of their names, so an override undoes an append", async () => {
    const build = layer(
      "a",
      ["env/X.append", "1"],
      ["env/X.override", "2"],
      ["env/X.prepend", "3"],
    );
    expect(await envOf([{ build }, {}])).toHaveProperty("X", "32");
  });

  test("a default gives way, a delimiter counts in its own directory, other suffixes are nothing", async () => {
    const build = [
      layer("a", ["env/X.default", "first"], ["env/L", "1"], ["env/L.delim", "-"]),
      layer("b", ["env/X.default", "second"], ["env/L.append", "2"], ["env/Y.odd", "y"]),
    ].join("\n");
    const env = await envOf([{ build }, {}]);
    expect(env).toMatchObject({ X: "first", L: "12" });
    expect(env).not.toHaveProperty("Y");
  });

  test("layers without `build` change nothing, and nobody sees a buildpack's own layers", async () => {
    const build = `layer a launch cache; mkdir "$CNB_LAYERS_DIR/a/bin" "$CNB_LAYERS_DIR/a/env"; printf 1 > "$CNB_LAYERS_DIR/a/env/X"`;
    const env = await envOf([{ build }, {}]);
    expect(env).toHaveProperty("PATH", "/usr/bin:/bin");
    expect(env).not.toHaveProperty("X");
    expect(await envOf([{ build: layer("own", ["env/X", "1"]) }])).not.toHaveProperty("X");
  });
});

describe("Targets in the environment", () => {
  const target = {
    os: "linux",
    arch: "arm",
    archVariant: "v7",
    distro: { name: "d", version: "1" },
  };
  const all = {
    CNB_TARGET_OS: "linux",
    CNB_TARGET_ARCH: "arm",
    CNB_TARGET_ARCH_VARIANT: "v7",
    CNB_TARGET_DISTRO_NAME: "d",
    CNB_TARGET_DISTRO_VERSION: "1",
  };

  test.each(["0.9", "0.12"] as const)("are there at Platform API %s", async (platformApi) => {
    for (const phase of ["detect", "build"] as const) {
      expect(await envOf([{}], { target, platformApi }, phase)).toMatchObject(all);
    }
  });

  test("only what is known is there", async () => {
    const env = await envOf([{}], { target: { os: "linux", arch: "amd64" } });
    const names = Object.keys(env).filter((name) => name.startsWith("CNB_TARGET_"));
    expect(names.sort()).toEqual(["CNB_TARGET_ARCH", "CNB_TARGET_OS"]);
  });

  test("a buildpack below API 0.10 gets none, one of 0.12 also CNB_EXEC_ENV", async () => {
    expect(Object.keys(await envOf([{ api: "0.9" }], { target })).join()).not.toContain(
      "CNB_TARGET",
    );
    expect(await envOf([{ api: "0.11" }])).not.toHaveProperty("CNB_EXEC_ENV");
    expect(await envOf([{ api: "0.12" }])).toHaveProperty("CNB_EXEC_ENV", "production");
    for (const phase of ["detect", "build"] as const) {
      const env = await envOf([{ api: "0.12" }], { execEnv: "test" }, phase);
      expect(env).toHaveProperty("CNB_EXEC_ENV", "test");
    }
  });
});
