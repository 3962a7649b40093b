import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import { diskFailure } from "../system/disk-failure.ts";
import { createHttpClient, type HttpAnswer, type HttpRequest } from "../system/http/client.ts";
import { dockerArchiveEntries } from "./docker-archive.ts";
import type { Image } from "./image.ts";
import { tarOf } from "./tar.ts";
import { parseJson } from "../system/parse-json.ts";

interface EngineWorld {
  /** `DOCKER_HOST` names the socket of the engine. */
  env: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/**
 * Loads an image into the Docker engine of this machine, as `docker load` does.
 *
 * @param names - the names of the image in the engine, such as `shop:latest`.
 * @throws BuildpackError `image/engine-unreachable`, `image/engine-refused`.
 */
export async function loadIntoEngine(
  image: Image,
  names: readonly string[],
  world: EngineWorld,
): Promise<void> {
  const step = `load \`${names.join(", ")}\``;
  const body = Readable.from(tarOf(dockerArchiveEntries(image, names)));
  const headers = { "content-type": "application/x-tar" };
  const request = { method: "POST", url: at("/images/load?quiet=1"), headers, body } as const;
  await withAnswer(request, world, async (answer) => {
    const text = await answer.text();
    const problem =
      answer.status === 200 ? errorIn(text) : (messageOf(text) ?? `status ${answer.status}`);
    if (problem !== undefined)
      throw new BuildpackError({ code: "image/engine-refused", step, problem });
  });
}

/**
 * Writes an image of the engine to a file, as `docker save` does.
 *
 * @returns whether the engine has an image of this name.
 * @throws BuildpackError `image/engine-unreachable`, `image/engine-refused`, `system/disk-full`.
 */
export async function saveFromEngine(
  name: string,
  path: string,
  world: EngineWorld,
): Promise<boolean> {
  const url = at(`/images/${encodeURIComponent(name)}/get`);
  return await withAnswer({ method: "GET", url }, world, async (answer) => {
    if (answer.status === 200) {
      await pipeline(Readable.from(answer.body), createWriteStream(path)).catch(
        (error: unknown) => {
          throw diskFailure(error, path) ?? error;
        },
      );
      return true;
    }
    const problem = messageOf(await answer.text()) ?? `status ${answer.status}`;
    if (answer.status === 404 || /no such image|does not exist/i.test(problem)) return false;
    const step = `save \`${name}\``;
    throw new BuildpackError({ code: "image/engine-refused", step, problem });
  });
}

async function withAnswer<T>(
  request: HttpRequest,
  { env, signal }: EngineWorld,
  work: (answer: HttpAnswer) => Promise<T>,
): Promise<T> {
  const socket = socketOf(env);
  const client = createHttpClient({ socket });
  try {
    return await work(await client.send(request, signal));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BuildpackError) throw error;
    throw unreachable(socket, (error as Error).message, { cause: error });
  } finally {
    await client.close();
  }
}

function socketOf({ DOCKER_HOST }: EngineWorld["env"]): string {
  if (!DOCKER_HOST) return "/var/run/docker.sock";
  const [, path] = /^unix:\/\/(\/.+)$/.exec(DOCKER_HOST) ?? [];
  if (path !== undefined) return path;
  throw unreachable(
    DOCKER_HOST,
    "DOCKER_HOST is not `unix:///PATH`, and nothing else is supported",
  );
}

function unreachable(socket: string, problem: string, options?: ErrorOptions): BuildpackError {
  return new BuildpackError({ code: "image/engine-unreachable", socket, problem }, options);
}

/** A path of the engine's API. The host has no meaning on a socket. */
function at(path: string): URL {
  return new URL(path, "http://docker");
}

/** The engine may find an error after it has begun to answer: it is then one of the lines of JSON. */
function errorIn(lines: string): string | undefined {
  for (const line of lines.split("\n")) {
    const parsed = errorLine.safeParse(parseJson(line));
    if (parsed.success) return parsed.data.error;
  }
  return undefined;
}

function messageOf(text: string): string | undefined {
  return message.safeParse(parseJson(text)).data?.message;
}

const errorLine = z.looseObject({ error: z.string() });
const message = z.looseObject({ message: z.string() });
