import { fileURLToPath } from "node:url";
import { runInForeground } from "../src/system/foreground.ts";
import { ensureFreshBundle } from "./fresh-bundle.ts";
import { runScript } from "./run-script.ts";
import { prepareBuild } from "./start-build.ts";
import { environment } from "./work.ts";

const checkout = fileURLToPath(new URL("..", import.meta.url));

/** `npm start -- COMMAND …`: runs `lapidary COMMAND …` from this checkout, after preparing the machine. */
async function start(args: readonly string[]): Promise<number> {
  const env = environment();
  // npm runs scripts in the checkout, but paths are relative to the directory that npm was called in.
  if (env["npm_lifecycle_event"] === "start") process.chdir(env["INIT_CWD"] ?? checkout);
  await ensureFreshBundle();
  const added = args[0] === "build" ? await prepareBuild(args, checkout) : [];
  return await runInForeground({
    file: process.execPath,
    // Without `--`, Node would take `--env-file` for its own option.
    args: ["--", `${checkout}dist/lapidary.mjs`, ...args, ...added],
    cwd: process.cwd(),
    env,
  });
}

await runScript(async () => await start(process.argv.slice(2)));
