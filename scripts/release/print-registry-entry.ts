import { fileURLToPath } from "node:url";
import { ZodError } from "zod";
import { readBuildpackDescriptor } from "../../src/cnb/buildpack-descriptor.ts";
import { runScript } from "../run-script.ts";
import { Unavailable } from "../unavailable.ts";
import { registryEntry } from "./registry-entry.ts";

/** `npm run registry-entry -- HOST/NAME@sha256:DIGEST`: prints what the buildpack registry gets for this version. */
await runScript(async () => {
  const checkout = fileURLToPath(new URL("../..", import.meta.url));
  const { id, version } = (await readBuildpackDescriptor(checkout)).buildpack;
  try {
    const { path, line, request } = registryEntry(id, version, process.argv[2] ?? "");
    process.stdout.write(`${path}\n${line}\n\n${request.title}\n${request.body}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    throw new Unavailable("Usage: npm run registry-entry -- HOST/NAME@sha256:DIGEST");
  }
});
