import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cached } from "../../../scripts/cache.ts";
import { environment, run, type Work, withWork } from "../../../scripts/work.ts";
import { settleNodeModules } from "../../../src/buildpack/javascript/settle-node-modules.ts";
import { packageManagerOf } from "../../../src/ruby/package-manager.ts";
import { runCommand } from "../../../src/system/command.ts";
import { readTextIfAny } from "../../../src/system/files.ts";
import { makeBuildContext } from "../../support/builds/build-context.ts";
import { findNpmRegistry, installByNpm } from "../../support/servers/npm-registry.ts";
import { temporaryDirectory } from "../../support/world.ts";

const manifest = {
  private: true,
  dependencies: { ms: "2.1.3" },
  devDependencies: { "is-number": "7.0.0" },
};

test.each([
  ["npm", "npm@11", "bin/npm-cli.js"],
  ["yarn", "yarn@1.22.22", "bin/yarn.js"],
  ["yarn", "@yarnpkg/cli-dist@4", "bin/yarn.js"],
  ["pnpm", "pnpm@10", "bin/pnpm.cjs"],
])(
  "%s of %s takes development dependencies out, without any network",
  async (name, wanted, program) => {
    await using place = await temporaryDirectory();
    const env = await withWork(`Packages by ${wanted}`, async (work) => {
      const env = await environmentWith(work, place.path, { name, wanted, program });
      await writeFile(join(place.path, "app/package.json"), JSON.stringify(manifest));
      await writeFile(join(place.path, "app/.yarnrc.yml"), "nodeLinker: node-modules\n");
      // In continuous integration, Yarn would refuse to write the lockfile that is not there yet.
      const writing = { ...env, CI: "" };
      await run(work, name, ["install"], { cwd: join(place.path, "app"), env: writing });
      return env;
    });
    const appDir = join(place.path, "app");
    expect(await packages(appDir)).toEqual(["is-number", "ms"]);
    const manager = packageManagerOf(
      await readdir(appDir),
      await readTextIfAny(join(appDir, "yarn.lock")),
    );
    const context = makeBuildContext({
      input: { appDir },
      env: { ...env, NODE_ENV: "production" },
      userEnv: { BP_NODE_MODULES: "prune" },
      run: async ({ file, args, ...command }) =>
        await runCommand({ file: "unshare", args: ["--net", file, ...args], ...command }),
    });
    await settleNodeModules(context, { dir: appDir, manager });
    expect(await packages(appDir)).toEqual(["ms"]);
  },
);

interface Program {
  name: string;
  /** As npm calls it. */
  wanted: string;
  /** Its executable, in its package. */
  program: string;
}

/** An environment with this program on PATH, and an empty app in `place`. */
async function environmentWith(
  work: Work,
  place: string,
  { name, wanted, program }: Program,
): Promise<Record<string, string>> {
  const directory = await cached(work, "package-manager", { wanted }, async (made) => {
    await installByNpm(work, wanted, made);
  });
  for (const part of ["app", "bin", "home"]) await mkdir(join(place, part));
  const module = wanted.replace(/(?<=.)@[^@]*$/, "");
  await symlink(join(directory, "node_modules", module, program), join(place, "bin", name));
  const { url, certificates } = await findNpmRegistry(work);
  const { PATH } = environment();
  return {
    ...environment(),
    PATH: `${place}/bin:${PATH}`,
    // Caches and stores of the machine would hide that something is downloaded.
    HOME: join(place, "home"),
    ...(certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificates }),
    npm_config_registry: url,
    YARN_NPM_REGISTRY_SERVER: url,
  };
}

async function packages(appDir: string): Promise<string[]> {
  const names = await readdir(join(appDir, "node_modules"));
  return names.filter((name) => !name.startsWith(".")).sort();
}
