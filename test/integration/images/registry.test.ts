import { appendFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { snapshotTree } from "../../../src/system/tree-changes.ts";
import {
  copyImage,
  ensureImageTools,
  inspectConfig,
  runUnpacked,
  unpackImage,
} from "../../support/images/image-tools.ts";
import { type ExportedApp, exportApp } from "../../support/images/export-app.ts";
import { makeApp } from "../../support/lapidary.ts";
import { startDocker } from "../../support/servers/docker-engine.ts";
import { startDockerRegistry } from "../../support/servers/docker-registry.ts";
import { type MirrorServer, serveMirror } from "../../support/servers/mirror-server.ts";
import {
  ensureWorld,
  fullRing,
  onlyInFullRing,
  temporaryDirectory,
  type World,
} from "../../support/world.ts";

let world: World;
let server: MirrorServer;

beforeAll(async () => {
  world = await ensureWorld();
  server = await serveMirror(world.mirror);
  await ensureImageTools(
    "skopeo",
    "umoci",
    "docker-registry",
    ...(fullRing ? ["dockerd" as const] : []),
  );
});

afterAll(async () => {
  await server?.close();
});

describe("lapidary build --image registry:HOST/NAME", () => {
  test("pushes what skopeo pulls and what serves; a change of code sends one small layer", async () => {
    await using place = await temporaryDirectory();
    await using registry = await startDockerRegistry(join(place.path, "registry"));
    const app = await makeApp(place.path, "rack");
    const name = `${registry.host}/acme/rack:v1`;
    const request = {
      world,
      app,
      env: { BP_INVENTORY: server.inventory },
      image: `registry:${name}`,
    };
    const first = await exportApp(request);
    const layout = join(place.path, "pulled");
    await copyImage(`docker://${name}`, `oci:${layout}:v1`);
    const config = await inspectConfig(`oci:${layout}:v1`);
    expect(config.rootfs.diff_ids.slice(-first.image.layers.length)).toEqual(
      first.image.layers.map(({ diffId }) => diffId),
    );
    const root = await unpackImage(layout, "v1", join(place.path, "bundle"));
    await using served = await runUnpacked(root, config);
    expect(await served.get("/")).toMatchObject({ status: 200 });

    await appendFile(join(app.dir, "config.ru"), "# changed\n");
    const second = await exportApp(request);
    // The slice with the code, and the config.
    expect(second.image.pushed).toMatchObject({ sentBlobs: 2 });
    expect(second.image.pushed?.sentBytes).toBeLessThan(100_000);

    // Without the state directory, the layers come back from the registry.
    const gems = join(app.state, "current/image/layers/lapidary_ruby/gems");
    const installed = snapshotTree(gems);
    await rm(app.state, { recursive: true });
    const third = await exportApp(request);
    // Names the file that differs, if the digests below differ.
    expect(snapshotTree(gems)).toEqual(installed);
    expect(installed.size).toBeGreaterThan(100);
    expect(third.log).toContain("reusing the layers of the image that will be replaced");
    const contentsOf = ({ image: { layers } }: ExportedApp) =>
      layers.map(({ name, diffId }) => [name, diffId]);
    expect(contentsOf(third)).toEqual(contentsOf(second));
    expect(third.image.digest).toBe(second.image.digest);
    expect(third.image.pushed).toMatchObject({ sentBlobs: 0, sentBytes: 0 });
  });

  test("a Docker engine pulls and serves it; docker-daemon:NAME loads the same image", async (context) => {
    if (!fullRing) context.skip(onlyInFullRing);
    await using place = await temporaryDirectory();
    await using registry = await startDockerRegistry(join(place.path, "registry"));
    await using engine = await startDocker(join(place.path, "docker"));
    const app = await makeApp(place.path, "rack");
    const name = `${registry.host}/acme/rack:v1`;
    const request = { world, app, env: { BP_INVENTORY: server.inventory } };
    await exportApp({ ...request, image: `registry:${name}` });
    await engine.docker("pull", name);
    {
      await using served = await engine.run(name);
      expect(await served.get("/")).toMatchObject({ status: 200 });
    }
    const prefix = ["env", `DOCKER_HOST=${engine.host}`];
    await exportApp({ ...request, image: "docker-daemon:rack:v2", prefix });
    const id = async (image: string) =>
      await engine.docker("image", "inspect", "--format={{.Id}}", image);
    expect(await id("rack:v2")).toBe(await id(name));
  });
});
