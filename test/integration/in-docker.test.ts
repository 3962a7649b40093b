import { execa } from "execa";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ensureImageTools } from "../support/images/image-tools.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { startDocker } from "../support/servers/docker-engine.ts";
import { makeTree } from "../support/tree.ts";
import { ensureWorld, fullRing, onlyInFullRing, temporaryDirectory } from "../support/world.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

test("in a container with Docker's own settings, a build says what is refused and goes on without rights", async ({
  skip,
}) => {
  skip(!fullRing, onlyInFullRing);
  const world = await ensureWorld({ rubies: [], jemallocs: [] });
  await ensureImageTools("dockerd");
  await using place = await temporaryDirectory();
  await using engine = await startDocker(join(place.path, "docker"));
  const archive = join(place.path, "root.tar");
  await execa("tar", ["--create", "--file", archive, "--directory", world.runRoot, "."]);
  await engine.docker("import", archive, "base:latest");
  const app = await makeTree({ Gemfile: "" });
  const buildpack = await makeBuildpack({
    build: `echo "as $(id -u), $(grep CapEff /proc/self/status | tr -d '[:space:]')"`,
  });
  const lapidary = async (...args: string[]) => {
    const script = args.map((words) => `/lapidary/bin/lapidary ${words}`).join(" && ");
    const volumes = [`${checkout}:/lapidary:ro`, `${app}:/app:ro`, `${buildpack}:/buildpack:ro`];
    const mounts = volumes.flatMap((volume) => ["--volume", volume]);
    const words = ["run", "--rm", "--network=none", ...mounts, "base:latest", "sh", "-c", script];
    return await execa("docker", ["--host", engine.host, ...words], { all: true, reject: false });
  };
  const build = "build /app --state /state --buildpack /buildpack";
  const built = await lapidary(build, "run /app --state /state -- id -u");
  expect(built.exitCode, built.all).toBe(0);
  expect(built.all).toMatch(/refuses namespaces/);
  expect(built.all).toContain("as 1000, CapEff:0000000000000000");
  expect(built.all).toMatch(/^1000$/m);
  const isolated = await lapidary(`${build} --no-network`);
  expect(isolated.exitCode).not.toBe(0);
  expect(isolated.all).toContain("`--no-network` does not work here");
});
