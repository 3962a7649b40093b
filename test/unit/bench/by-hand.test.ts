import { execFileSync } from "node:child_process";
import { chmod, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../../../src/system/command.ts";
import { addToTree, makeTree, readTree } from "../../support/tree.ts";

const buildpack = join(import.meta.dirname, "../../bench/by-hand");

/** An app with a Rakefile, an archive with a Ruby whose `bundle` notes its arguments, and `bin/build` for them. */
async function makeStory(tasks: string) {
  const root = await makeTree({ "app/Rakefile": "", "layers/": "" });
  const bundle = `#!/bin/sh
echo "bundle $*" >>"${root}/commands"
case "$*" in
"exec rake -P") printf '${tasks}' ;;
"exec rake assets:"*) mkdir -p public/assets && echo "$(cat public/assets/all)." >public/assets/all ;;
esac`;
  await addToTree(root, { "ruby/bin/bundle": bundle });
  await chmod(join(root, "ruby/bin/bundle"), 0o755);
  for (const name of ["one", "two"]) {
    execFileSync("tar", ["-czf", `${root}/${name}.tgz`, "-C", join(root, "ruby"), "bin"]);
  }
  const build = async (ruby: string) => {
    const env = {
      ...{ PATH: "/usr/bin:/bin", CNB_LAYERS_DIR: join(root, "layers") },
      BY_HAND_RUBY: join(root, `${ruby}.tgz`),
    };
    const cwd = join(root, "app");
    return await runCommand({ file: join(buildpack, "bin/build"), args: [], cwd, env });
  };
  const commands = async () => (await readTree(root))["commands"]?.trimEnd().split("\n");
  return { root, build, commands };
}

const before = ["bundle install", "bundle clean --force", "bundle list", "bundle exec rake -P"];

test("types the commands in the order of Heroku's buildpack, and says how long each took", async () => {
  const { build, commands } = await makeStory("rake assets:clean\\nrake assets:precompile\\n");
  const { exitCode, lines } = await build("one");
  expect(exitCode).toBe(0);
  expect(await commands()).toEqual([...before, "bundle exec rake assets:precompile assets:clean"]);
  const timed = lines.map((line) => /^by hand: (.+) took \d+ ms$/.exec(line)?.[1]);
  expect(timed.filter(Boolean)).toEqual([
    ...["tar -x", "bundle install", "bundle clean", "bundle list", "rake -P"],
    "rake assets:precompile assets:clean",
  ]);
});

test("compiles no assets in an app without that task", async () => {
  const { build, commands } = await makeStory("rake assets:precompile_all\\n");
  await build("one");
  expect(await commands()).toEqual(before);
});

test("stops at the first command that fails", async () => {
  const { root, build, commands } = await makeStory("");
  await addToTree(root, { "ruby/bin/bundle": `#!/bin/sh\necho $* >>"${root}/commands"; exit 7` });
  execFileSync("tar", ["-czf", `${root}/one.tgz`, "-C", join(root, "ruby"), "bin"]);
  expect((await build("one")).exitCode).toBe(7);
  expect(await commands()).toEqual(["install"]);
});

test("keeps Ruby, gems and assets for the next build, and only unpacks another Ruby", async () => {
  const { root, build } = await makeStory("rake assets:precompile\\n");
  await build("one");
  await addToTree(root, { "layers/gems/kept": "" });
  // The next build begins with a fresh copy of the app.
  await rm(join(root, "app/public"), { recursive: true });
  const again = await build("one");
  expect(again.lines.join("\n")).not.toContain("tar -x took");
  const files = await readTree(root);
  // Each compilation adds a dot to what the last one left.
  expect(files["layers/assets/public/all"]).toBe("..\n");
  expect(files["layers/gems/kept"]).toBe("");
  expect(files["layers/ruby.toml"]).toBe("[types]\nbuild = true\nlaunch = true\ncache = true\n");
  const other = await build("two");
  expect(other.lines.join("\n")).toContain("tar -x took");
  expect((await readTree(root))["layers/gems/kept"]).toBeUndefined();
});
