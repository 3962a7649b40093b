import { fileURLToPath } from "node:url";
import { build } from "esbuild";

type Parser = typeof import("@actions/workflow-parser");

/**
 * GitHub's own parser of workflows. Its package imports JSON as bundlers have it and Node has not, so
 * that it is bundled first.
 */
export async function loadWorkflowParser(): Promise<Parser> {
  const { outputFiles } = await build({
    stdin: {
      contents: 'export * from "@actions/workflow-parser";',
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    logLevel: "silent",
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire("file:///");',
    },
  });
  const [bundle] = outputFiles;
  const url = `data:text/javascript;base64,${Buffer.from(bundle?.contents ?? "").toString("base64")}`;
  return (await import(url)) as Parser;
}
