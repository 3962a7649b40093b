import { chmod, copyFile, cp, link, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "../../../scripts/cache.ts";
import { type Work, withWork } from "../../../scripts/work.ts";
import { findNpmRegistry, installByNpm } from "../servers/npm-registry.ts";

/** Where the buildpack installs packages: as Heroku's does, or as Paketo's. */
export type ModulesPlace = "in the app" | "in a layer";

/**
 * A Node buildpack of a few lines: it provides this Node, Yarn 1 and the app's packages by the names
 * that Paketo's and Heroku's older ones use, with `NODE_ENV=production` and options of Node for whoever comes after it. All
 * of it is for the build, and nothing in the image.
 */
export async function makeNodeBuildpack(parent: string, place: ModulesPlace): Promise<string> {
  const directory = join(parent, `node-${place.replaceAll(" ", "-")}`);
  await mkdir(join(directory, "bin"), { recursive: true });
  await withWork("A Node buildpack", async (work) => {
    await cp(await ensurePackageManager(work, "yarn", yarn), join(directory, "yarn"), {
      recursive: true,
    });
    await writeFile(join(directory, "registry.sh"), await registrySettings(work, directory));
  });
  // The build has other mounts than this machine, so a link to it would lead nowhere.
  const node = join(directory, "node");
  await link(process.execPath, node).catch(async () => await copyFile(process.execPath, node));
  await writeFile(join(directory, "buildpack.toml"), descriptor);
  for (const [name, text] of Object.entries({ detect, build: build(place) })) {
    await writeFile(join(directory, "bin", name), `#!/bin/sh\nset -eu\n${text}`);
    await chmod(join(directory, "bin", name), 0o755);
  }
  return directory;
}

/**
 * Programs for a generator of apps, in `bin`: this Node, npm, npx and Yarn 1. The script `environment.sh` puts them
 * on PATH, if the directory is at `at`.
 */
export async function makeNodePrograms(parent: string, at: string): Promise<string> {
  const directory = join(parent, "node-programs");
  await mkdir(join(directory, "bin"), { recursive: true });
  await withWork("Node for a generator", async (work) => {
    for (const [name, wanted] of Object.entries({ yarn, npm })) {
      const files = await ensurePackageManager(work, name, wanted);
      await cp(files, join(directory, name), { recursive: true });
    }
    const settings = await registrySettings(work, directory);
    const text = `${settings.replaceAll("$CNB_BUILDPACK_DIR", at)}export PATH="${at}/bin:$PATH"\n`;
    await writeFile(join(directory, "environment.sh"), text);
  });
  await copyFile(process.execPath, join(directory, "bin/node"));
  const scripts = {
    yarn: "yarn/bin/yarn.js",
    npm: "npm/bin/npm-cli.js",
    npx: "npm/bin/npx-cli.js",
  };
  for (const [name, script] of Object.entries(scripts)) {
    const program = join(directory, "bin", name);
    await writeFile(program, `#!/bin/sh\nexec node "${at}/${script}" "$@"\n`);
    await chmod(program, 0o755);
  }
  return directory;
}

const yarn = "yarn@1.22.22";
const npm = "npm@11";

/** A package manager out of the registry that this machine's npm is set up for. */
async function ensurePackageManager(work: Work, name: string, wanted: string): Promise<string> {
  const directory = await cached(work, "package-manager", { wanted }, async (place) => {
    await installByNpm(work, wanted, place);
  });
  return join(directory, "node_modules", name);
}

/** What Yarn needs to know of this machine to reach its registry, as lines of a shell script. */
async function registrySettings(work: Work, directory: string): Promise<string> {
  const { url, certificates } = await findNpmRegistry(work);
  const registry = `export npm_config_registry='${url}'\n`;
  if (certificates === undefined) return registry;
  await copyFile(certificates, join(directory, "certificates"));
  return `${registry}export NODE_EXTRA_CA_CERTS="$CNB_BUILDPACK_DIR/certificates"\n`;
}

const descriptor = `
api = "0.10"
[buildpack]
id = "test/node"
version = "1.0.0"
[[targets]]
os = "linux"
`;

const detect = `
cat > "$CNB_BUILD_PLAN_PATH" <<END
[[provides]]
name = "node"
[[provides]]
name = "yarn"
[[provides]]
name = "node_modules"
END
`;

const build = (place: ModulesPlace) => `
layer() {
  mkdir -p "$CNB_LAYERS_DIR/$1/bin" "$CNB_LAYERS_DIR/$1/env.build"
  printf '[types]\\nbuild = true\\ncache = %s\\n' "$2" > "$CNB_LAYERS_DIR/$1.toml"
}
layer node false
layer yarn false
layer yarn-cache true
layer modules false
ln -s "$CNB_BUILDPACK_DIR/node" "$CNB_LAYERS_DIR/node/bin/node"
printf '#!/bin/sh\\nexec node "%s/yarn/bin/yarn.js" "$@"\\n' "$CNB_BUILDPACK_DIR" > "$CNB_LAYERS_DIR/yarn/bin/yarn"
chmod +x "$CNB_LAYERS_DIR/yarn/bin/yarn"
printf %s --no-deprecation > "$CNB_LAYERS_DIR/node/env.build/NODE_OPTIONS.default"
printf production > "$CNB_LAYERS_DIR/node/env.build/NODE_ENV.default"
printf %s "$CNB_LAYERS_DIR/yarn-cache/packages" > "$CNB_LAYERS_DIR/yarn-cache/env.build/YARN_CACHE_FOLDER.override"

. "$CNB_BUILDPACK_DIR/registry.sh"
export PATH="$CNB_LAYERS_DIR/node/bin:$CNB_LAYERS_DIR/yarn/bin:$PATH"
export YARN_CACHE_FOLDER="$CNB_LAYERS_DIR/yarn-cache/packages"
${place === "in the app" ? "" : 'ln -s "$CNB_LAYERS_DIR/modules/node_modules" node_modules; mkdir "$CNB_LAYERS_DIR/modules/node_modules"'}
yarn install --frozen-lockfile --non-interactive --prefer-offline
`;
