import { execa } from "execa";
import { mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTarget } from "../../../src/cnb/target.ts";
import { build, makeApp, serve } from "../../support/lapidary.ts";
import { type MirrorServer, serveMirror } from "../../support/servers/mirror-server.ts";
import { packageRules } from "../../support/packages/package-rules.ts";
import { packageIn, unpackPackage } from "../../support/packages/unpacked-package.ts";
import {
  ensureWorld,
  fullRing,
  onlyInFullRing,
  temporaryDirectory,
  type World,
} from "../../support/world.ts";

const command = fileURLToPath(new URL("../../../bin/lapidary", import.meta.url));
const mebibyte = 1024 * 1024;

let world: World;
let server: MirrorServer;
let arch: string;
let place: AsyncDisposable & { path: string };
let out: string;
let log: string;

beforeAll(async () => {
  world = await ensureWorld();
  server = await serveMirror(world.mirror);
  ({ arch } = await readTarget({}));
  place = await temporaryDirectory();
  out = join(place.path, "packages");
  log = await lapidary(["package", "--out", out]);
});

afterAll(async () => {
  await server?.close();
  await place?.[Symbol.asyncDispose]();
});

/** Not waited for in one piece, as the mirror is served by this process. */
async function lapidary(args: string[], env: Record<string, string> = {}): Promise<string> {
  return (await execa(command, args, { env })).stdout;
}

describe("lapidary package", () => {
  test.each(["amd64", "arm64"])(
    "makes a package for %s that keeps every rule, under 45 MiB compressed",
    async (architecture) => {
      const read = await packageIn(out, architecture);
      for (const [, check] of packageRules) check(read, architecture);
      const size = read.manifest.layers[0]?.size ?? Number.NaN;
      expect(size).toBeLessThan(45 * mebibyte);
      expect(log).toContain(`Payload \`${(size / mebibyte).toFixed(1)} MiB\` compressed`);
    },
  );

  test("its package builds and serves where there is neither Node nor Ruby", async () => {
    await using story = await temporaryDirectory();
    const buildpack = await unpackPackage(
      await packageIn(out, arch),
      join(story.path, "buildpack"),
    );
    const app = await makeApp(story.path, "rack");
    const args = ["--buildpack", buildpack];
    const env = { BP_INVENTORY: server.inventory };
    const built = await build({ app, world, env, args });
    expect(built).toMatchObject({ exitCode: 0 });
    await using served = await serve({ app, world });
    const { v4, v6 } = await served.get("/");
    expect([v4.status, v6.status]).toEqual([200, 200]);
    expect(v4.body).toContain("ruby 3.3.8");
  });

  test("with `--offline` it brings the app's Ruby and jemalloc itself", async () => {
    await using story = await temporaryDirectory();
    const app = await makeApp(story.path, "rack");
    const offline = ["--offline", app.dir, "--distro", "debian@12", "--target", `linux/${arch}`];
    const packages = join(story.path, "packages");
    await lapidary(["package", "--out", packages, ...offline], { BP_INVENTORY: server.inventory });
    const buildpack = await unpackPackage(
      await packageIn(packages, arch),
      join(story.path, "buildpack"),
    );
    const built = await build({ app, world, args: ["--buildpack", buildpack] });
    expect(built).toMatchObject({ exitCode: 0 });
    const artifacts = "file:///cnb/buildpacks/lapidary_ruby/0.1.0/artifacts/";
    expect(built.log.match(new RegExp(`Downloading \`${artifacts}`, "g"))).toHaveLength(2);
    expect(built.log).not.toContain("not verified");
    const layers = built.report?.layers.map(({ name }) => name);
    expect(layers).toEqual(expect.arrayContaining(["ruby", "jemalloc"]));
  });

  test("its npm package installs the command `lapidary`, with a Node of its own", async () => {
    await using story = await temporaryDirectory();
    const tarball = (await readdir(out)).find((name) => name.endsWith(".tgz"));
    const args = ["install", "--global", "--prefix", story.path, join(out, tarball ?? "missing")];
    await execa("npm", [...args, "--no-audit", "--no-fund", "--prefer-offline"], {
      cwd: story.path,
    });
    const installed = join(story.path, "bin/lapidary");
    // A PATH without any Node.
    const tools = await toolsWithoutNode(join(story.path, "tools"));
    const said = await execa(installed, ["--version"], { env: { PATH: tools }, extendEnv: false });
    const { version } = JSON.parse(
      await readFile(new URL("../../../package.json", import.meta.url), "utf8"),
    ) as { version: string };
    expect(said.stdout).toBe(`lapidary ${version}`);
  });

  test("its package builds the Rails sample, too", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    await using story = await temporaryDirectory();
    const buildpack = await unpackPackage(
      await packageIn(out, arch),
      join(story.path, "buildpack"),
    );
    const app = await makeApp(story.path, "rails");
    const env = { BP_INVENTORY: server.inventory };
    const built = await build({ app, world, env, args: ["--buildpack", buildpack] });
    expect(built).toMatchObject({ exitCode: 0 });
    await using served = await serve({ app, world });
    const { v4 } = await served.get("/up");
    expect(v4.status).toBe(200);
  });
});

/** What the shim calls, and nothing else. */
async function toolsWithoutNode(directory: string): Promise<string> {
  await mkdir(directory);
  for (const tool of ["sh", "readlink", "dirname", "uname"]) {
    const { stdout } = await execa("sh", ["-c", `command -v ${tool}`]);
    await symlink(stdout, join(directory, tool));
  }
  return directory;
}
