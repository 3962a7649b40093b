import { chmod, cp } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exportScript, profileScript } from "../../../../src/classic/adapter/profile-script.ts";
import { readLaunchPlan } from "../../../../src/platform/launch/launch-plan.ts";
import { runCommand } from "../../../../src/system/command.ts";
import { addToTree, makeTree } from "../../../support/tree.ts";

const metadata = 'buildpacks = [{ id = "a/b", api = "0.10" }]\n';
const inside = { app: "/app", layers: "/app/.lapidary/layers" };

/** An app with these layers and the script that is made for them. */
async function makeSlug(
  layers: Record<string, string>,
  defaults: Record<string, string> = {},
): Promise<string> {
  const app = await makeTree({ ".lapidary/layers/config/metadata.toml": metadata });
  await addToTree(join(app, ".lapidary/layers/a_b"), layers);
  const plan = await readLaunchPlan(join(app, ".lapidary/layers"), inside, "0.10");
  const script = await profileScript(plan, defaults);
  await addToTree(app, { ".profile.d/lapidary.sh": script });
  return app;
}

async function source(
  script: string,
  env: Record<string, string> = {},
  shell = "bash",
): Promise<Record<string, string>> {
  const { stdout, stderr, exitCode } = await runCommand({
    file: shell,
    args: ["-c", `. "$1" && exec env`, shell, script],
    cwd: "/",
    env: { PATH: "/usr/bin:/bin", ...env },
  });
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  const pairs = stdout.split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2));
  const variables = Object.fromEntries(pairs) as Record<string, string>;
  for (const name of ["_", "PWD", "OLDPWD", "SHLVL"]) delete variables[name];
  return variables;
}

describe("profileScript", () => {
  const layers = {
    "ruby/bin/": "",
    "variables/env/GEM_HOME.override": "/app/.lapidary/layers/a_b/gems",
    "variables/env/PATH.prepend": "/app/bin:/app/.lapidary/layers/a_b/gems/bin",
    "variables/env/PATH.delim": ":",
    "variables/env/RACK_ENV.default": "production",
    "variables/env/OTHER.override": "/application and /srv/app",
  };

  test("sets up the layers wherever the app was moved to", async () => {
    const first = await makeSlug(layers);
    const app = join(await makeTree(), "moved to 'here'");
    await cp(first, app, { recursive: true });
    expect(await source(join(app, ".profile.d/lapidary.sh"))).toEqual({
      PATH: `${app}/bin:${app}/.lapidary/layers/a_b/gems/bin:${app}/.lapidary/layers/a_b/ruby/bin:/usr/bin:/bin`,
      GEM_HOME: `${app}/.lapidary/layers/a_b/gems`,
      RACK_ENV: "production",
      OTHER: "/application and /srv/app",
    });
  });

  test("finds the app in HOME if the shell cannot tell which file it sources", async () => {
    const app = await makeSlug(layers);
    const sourced = await source(join(app, ".profile.d/lapidary.sh"), { HOME: app }, "dash");
    expect(sourced["GEM_HOME"]).toBe(`${app}/.lapidary/layers/a_b/gems`);
  });

  test("lets the user's variables win over defaults, and its own defaults over those of layers", async () => {
    const app = await makeSlug(layers, { RACK_ENV: "test" });
    const script = join(app, ".profile.d/lapidary.sh");
    expect((await source(script))["RACK_ENV"]).toBe("test");
    expect((await source(script, { RACK_ENV: "staging" }))["RACK_ENV"]).toBe("staging");
  });

  test("reads the process type from DYNO", async () => {
    const app = await makeSlug({ "x/env.launch/web/KIND.override": "a web" });
    const script = join(app, ".profile.d/lapidary.sh");
    expect((await source(script, { DYNO: "web.3" }))["KIND"]).toBe("a web");
    expect((await source(script, { DYNO: "worker.1" }))["KIND"]).toBeUndefined();
    expect((await source(script))["KIND"]).toBeUndefined();
  });

  test("runs the exec.d programs of layers, with the variables that were set before", async () => {
    const program = '#!/bin/sh\n[ "$ON" != true ] || echo "LOADED = \'$BEFORE\'" >&3\n';
    const app = await makeSlug({ "x/exec.d/load": program, "x/env/BEFORE.override": "/app/x" });
    await chmod(join(app, ".lapidary/layers/a_b/x/exec.d/load"), 0o755);
    const script = join(app, ".profile.d/lapidary.sh");
    expect((await source(script, { ON: "true" }))["LOADED"]).toBe(`${app}/x`);
    expect((await source(script))["LOADED"]).toBeUndefined();
  });

  test("sources the profile scripts of layers", async () => {
    const app = await makeSlug({ "x/profile.d/one.sh": "export FROM_PROFILE=yes\n" });
    const sourced = await source(join(app, ".profile.d/lapidary.sh"));
    expect(sourced["FROM_PROFILE"]).toBe("yes");
  });

  test("leaves none of its functions and variables in the shell", async () => {
    const app = await makeSlug(layers);
    const { stdout } = await runCommand({
      file: "bash",
      args: ["-c", `. ${app}/.profile.d/lapidary.sh; set; export -p`],
      cwd: "/",
      env: { PATH: "/usr/bin:/bin" },
    });
    expect(stdout.split("\n").filter((line) => line.startsWith("lapidary_"))).toEqual([]);
  });
});

describe("exportScript", () => {
  test("gives later buildpacks the environment of build layers, with the path of the build", async () => {
    const app = await makeTree({
      "ruby/bin/": "",
      "ruby/lib/": "",
      "ruby/env/GEM_HOME.override": "/app/.lapidary/layers/a_b/gems",
      "ruby/env.build/ONLY_BUILD.override": "1",
      "ruby/env.launch/ONLY_LAUNCH.override": "1",
    });
    const script = join(app, "export");
    await addToTree(app, { export: await exportScript([join(app, "ruby")], "/tmp/build 1") });
    expect(await source(script, { PATH: "/usr/bin:/bin" })).toEqual({
      PATH: `${app}/ruby/bin:/usr/bin:/bin`,
      LD_LIBRARY_PATH: `${app}/ruby/lib`,
      LIBRARY_PATH: `${app}/ruby/lib`,
      GEM_HOME: "/tmp/build 1/.lapidary/layers/a_b/gems",
      ONLY_BUILD: "1",
    });
  });
});
