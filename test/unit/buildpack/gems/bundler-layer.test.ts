import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { installBundlerLayer } from "../../../../src/buildpack/gems/bundler-layer.ts";
import type { BundlerOptions } from "../../../../src/buildpack/gems/bundler-layer.ts";
import type { Command, RunCommand } from "../../../../src/system/command.ts";
import { lstatIfAny } from "../../../../src/system/files.ts";
import { failureOf } from "../../../support/failure.ts";
import { recordSection } from "../../../support/section.ts";
import { addToTree, makeTree } from "../../../support/tree.ts";

const metadata = {
  bundlerVersion: "2.7.2",
  rubyVersion: "3.3.8",
  distro: "debian 12",
  arch: "amd64",
};
const gemspecs = "lib/ruby/gems/3.3.0/specifications";

describe("the Bundler that Ruby ships", () => {
  test.each([
    `${gemspecs}/default/bundler-2.7.2.gemspec`,
    `${gemspecs}/bundler-2.7.2.gemspec`,
    "lib/ruby/gems/shared/specifications/default/bundler-2.7.2.gemspec",
  ])("needs no layer (%s)", async (path) => {
    const layersDir = await makeTree();
    const { dir, received, lines } = await install(layersDir, { ruby: { [path]: "" } });
    expect({ dir, received, lines }).toEqual({
      dir: undefined,
      received: [],
      lines: ["Using `2.7.2`, which ships with Ruby"],
    });
    expect(await lstatIfAny(join(layersDir, "bundler"))).toBeUndefined();
    expect(await lstatIfAny(join(layersDir, "bundler.toml"))).toBeUndefined();
  });

  test.each(["bundler-2.7.1", "bundler-2.7.20", "bundler-audit-2.7.2"])(
    "is not used for another version (%s)",
    async (name) => {
      const ruby = { [`${gemspecs}/default/${name}.gemspec`]: "" };
      const { received } = await install(await makeTree(), { ruby });
      expect(received).toHaveLength(1);
    },
  );
});

describe("the layer", () => {
  test("is installed with `gem install`, so that its executables run the Ruby on PATH", async () => {
    const layersDir = await makeTree();
    const { dir, received, lines } = await install(layersDir);
    const bundlerDir = join(layersDir, "bundler");
    expect(dir).toBe(bundlerDir);
    expect(received.map(({ file, args }) => [file, ...args])).toEqual([
      [
        ...["gem", "install", "bundler", "--version", "2.7.2"],
        ...["--no-document", "--force", "--env-shebang"],
        ...["--install-dir", bundlerDir, "--bindir", join(bundlerDir, "bin")],
      ],
    ]);
    expect(lines[0]).toBe("Installing, because there is no layer of an earlier build");
    expect(await readFile(join(layersDir, "bundler.toml"), "utf8")).toContain(
      "[types]\nlaunch = true\nbuild = true\ncache = true\n",
    );
  });

  test("is kept if nothing has changed", async () => {
    const layersDir = await makeTree();
    await install(layersDir);
    const { dir, received, lines } = await install(layersDir);
    expect({ dir, received, lines }).toEqual({
      dir: join(layersDir, "bundler"),
      received: [],
      lines: ["Using `2.7.2` of the last build"],
    });
  });

  test.each<[keyof typeof metadata, string, string]>([
    ["bundlerVersion", "4.0.1", "the Bundler version changed from `2.7.2` to `4.0.1`"],
    ["rubyVersion", "3.4.10", "the Ruby version changed from `3.3.8` to `3.4.10`"],
    ["distro", "debian 13", "the distribution changed from `debian 12` to `debian 13`"],
    ["arch", "arm64", "the CPU architecture changed from `amd64` to `arm64`"],
  ])("is emptied for another %s", async (key, value, reason) => {
    const layersDir = await makeTree();
    await install(layersDir);
    await addToTree(layersDir, { "bundler/old": "" });
    const story = { metadata: { ...metadata, [key]: value } };
    const { received, lines } = await install(layersDir, story);
    expect(received).toHaveLength(1);
    expect(lines[0]).toBe(`Installing, because ${reason}`);
    expect(await lstatIfAny(join(layersDir, "bundler/old"))).toBeUndefined();
  });
});

describe("the source of Bundler", () => {
  test("is the app's own vendor/cache, without any network", async () => {
    const appDir = await makeTree({ "vendor/cache/bundler-2.7.2.gem": "" });
    const { received } = await install(await makeTree(), { appDir });
    expect(received[0]?.args.slice(0, 3)).toEqual([
      "install",
      join(appDir, "vendor/cache/bundler-2.7.2.gem"),
      "--local",
    ]);
  });

  test.each([
    ["BUNDLE_MIRROR__ALL", "https://ci:s3cret@mirror.example.com"],
    ["BUNDLE_MIRROR__HTTPS://GEMS__EXAMPLE___ONE__COM/", "https://ci:s3cret@mirror.example.com"],
  ])("is the mirror in %s, which is in no command line", async (name, mirror) => {
    const env = { [name]: mirror };
    const { received, gemrcs } = await install(await makeTree(), { env });
    expect(received[0]?.args.join(" ")).not.toContain("s3cret");
    expect(gemrcs).toEqual([`---\n:sources:\n- "${mirror}"\n`]);
    // The file is gone when RubyGems has read it.
    expect(await lstatIfAny(received[0]?.env["GEMRC"] ?? "")).toBeUndefined();
  });
});

test("a newer Bundler that Ruby ships is used if the lockfile names none", async () => {
  const ruby = { "lib/ruby/gems/4.0.0/specifications/default/bundler-4.0.3.gemspec": "" };
  const { dir, received, lines } = await install(await makeTree(), { ruby, exact: false });
  expect([dir, received]).toEqual([undefined, []]);
  expect(lines.join("\n")).toContain("Using `4.0.3`, which ships with Ruby");
});

test("a failure keeps the last lines and commits nothing", async () => {
  const layersDir = await makeTree();
  const output = ["ERROR:  Could not find a valid gem 'bundler' (= 2.7.2)", ""];
  expect(await failureOf(install(layersDir, { fails: output }))).toEqual({
    code: "bundler/install-failed",
    version: "2.7.2",
    output: ["ERROR:  Could not find a valid gem 'bundler' (= 2.7.2)"],
    error: ["ERROR:  Could not find a valid gem 'bundler' (= 2.7.2)"],
  });
  expect(await lstatIfAny(join(layersDir, "bundler.toml"))).toBeUndefined();
});

interface Story extends Partial<Pick<BundlerOptions, "metadata" | "appDir" | "env" | "exact">> {
  ruby?: Record<string, string>;
  fails?: string[];
}

async function install(layersDir: string, { ruby = {}, fails, ...options }: Story = {}) {
  const section = recordSection();
  const received: Command[] = [];
  const gemrcs: string[] = [];
  const run: RunCommand = async (command) => {
    received.push(command);
    const gemrc = command.env["GEMRC"];
    if (gemrc !== undefined) gemrcs.push(await readFile(gemrc, "utf8"));
    return { exitCode: fails ? 2 : 0, stdout: "", stderr: "", lines: fails ?? [] };
  };
  const dir = await installBundlerLayer({
    layersDir,
    appDir: "/workspace",
    rubyDir: await makeTree(ruby),
    metadata,
    env: {},
    exact: true,
    remotes: ["https://gems.example-one.com/"],
    run,
    section,
    ...options,
  });
  return { dir, received, gemrcs, lines: section.lines };
}
