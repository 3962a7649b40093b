import { join } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../../failure.ts";
import { runCommand } from "../../system/command.ts";
import { readText } from "../../system/files.ts";
import { isDockerHub } from "./image-reference.ts";
import { parseJson } from "../../system/parse-json.ts";

/** A login at a registry. An identity token is exchanged for access, instead of a password. */
export interface RegistryLogin {
  account: string;
  secret: { password: string } | { identityToken: string };
}

type Env = Readonly<Record<string, string>>;

const configSchema = z.looseObject({
  auths: z
    .record(
      z.string(),
      z.looseObject({ auth: z.string().optional(), identitytoken: z.string().optional() }),
    )
    .nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
  credsStore: z.string().nullish(),
});

type Config = z.output<typeof configSchema>;

/** The file in which Docker keeps logins: below `DOCKER_CONFIG`, or else in the home directory. */
export function dockerConfigPath({ DOCKER_CONFIG, HOME = "/" }: Env): string {
  return join(DOCKER_CONFIG || join(HOME, ".docker"), "config.json");
}

/**
 * The login that `docker login` has stored for a registry, in Docker's configuration or with one of its
 * credential helpers (`docker-credential-*` on PATH).
 *
 * @throws BuildpackError `image/login-unreadable`, `image/helper-failed`.
 */
export async function findLogin(registry: string, env: Env): Promise<RegistryLogin | undefined> {
  const path = dockerConfigPath(env);
  const config = await readConfig(path);
  const keys = keysOf(registry);
  const helper = keys.map((key) => config.credHelpers?.[key]).find(Boolean) ?? config.credsStore;
  const key = isDockerHub(registry) ? dockerHub : registry;
  return (helper && (await askHelper(helper, key, env))) || loginIn(config, keys, path);
}

const dockerHub = "https://index.docker.io/v1/";

async function readConfig(path: string): Promise<Config> {
  const file = await readText(path);
  if (file.state === "missing") return {};
  if (file.state === "unreadable") throw unreadable(path, file.problem);
  try {
    return configSchema.parse(JSON.parse(file.text));
  } catch (error) {
    // A message of the parser would quote the file, and with it a password.
    const isForm = error instanceof z.ZodError;
    throw unreadable(path, isForm ? z.prettifyError(error) : "it is not valid JSON");
  }
}

function loginIn({ auths }: Config, keys: readonly string[], path: string) {
  const entries = Object.entries(auths ?? {});
  const found = entries.find(([key]) => keys.includes(key.replace(/^https?:\/\/|\/.*$/g, "")));
  const [, { auth = "", identitytoken = "" }] = found ?? ["", {}];
  if (auth === "") return undefined;
  const pair = Buffer.from(auth, "base64").toString("utf8").replaceAll("\0", "");
  const colon = pair.indexOf(":");
  if (colon < 1) throw unreadable(path, "an `auth` in it is not `user:password` in base64");
  return loginOf(pair.slice(0, colon), pair.slice(colon + 1), identitytoken);
}

const helperAnswer = z.looseObject({ Username: z.string(), Secret: z.string() });

async function askHelper(name: string, key: string, env: Env): Promise<RegistryLogin | undefined> {
  const helper = `docker-credential-${name.replace(/[^\w.-]/g, "")}`;
  const command = { file: helper, args: ["get"], cwd: "/", env, input: `${key}\n` };
  const { exitCode, stdout, stderr } = await runCommand(command);
  const said = [stdout, stderr].join("\n");
  if (exitCode !== 0 && /credentials not found/i.test(said)) return undefined;
  if (exitCode !== 0) throw helperFailed(helper, key, problemOf(exitCode, said));
  const answer = helperAnswer.safeParse(parseJson(stdout));
  if (!answer.success) throw helperFailed(helper, key, "its answer is not a login");
  const { Username, Secret } = answer.data;
  return Username === "<token>" ? loginOf(Username, "", Secret) : loginOf(Username, Secret, "");
}

function loginOf(account: string, password: string, identityToken: string): RegistryLogin {
  return { account, secret: identityToken === "" ? { password } : { identityToken } };
}

/** The names under which a registry stands in the configuration, without scheme and path. */
function keysOf(registry: string): string[] {
  return isDockerHub(registry) ? [dockerHub, "index.docker.io", "docker.io"] : [registry];
}

function problemOf(exitCode: number, said: string): string {
  if (exitCode === 127) return "there is no such program on PATH";
  const last = said.trim().split("\n").at(-1) ?? "";
  return `it ended with exit code ${exitCode}${last === "" ? "" : `: ${last}`}`;
}

function unreadable(path: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "image/login-unreadable", path, problem });
}

function helperFailed(helper: string, registry: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "image/helper-failed", helper, registry, problem });
}
