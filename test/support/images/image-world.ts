import type { ImageWorld } from "../../../src/platform/export/image-world.ts";

/** A world for images that are neither pulled nor pushed: without a proxy, a login or an engine. */
export const imageWorld: ImageWorld = {
  env: { HOME: "/nonexistent", DOCKER_HOST: "unix:///nonexistent/docker.sock" },
  insecure: [],
  signal: new AbortController().signal,
};
