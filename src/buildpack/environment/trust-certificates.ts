import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificatesIn, systemBundles } from "../../artifacts/certificates.ts";
import { readTextIfAny, removeTree } from "../../system/files.ts";
import type { BuildContext } from "../build-context.ts";

/**
 * Runs `work` with variables that make RubyGems, Bundler and git trust the certificates of bindings of
 * type `ca-certificates`, in addition to those of the system or of the user's `SSL_CERT_FILE` and
 * `GIT_SSL_CAINFO`. The variables name temporary files, which are removed when `work` ends.
 */
export async function withTrustedCertificates<T>(
  { input, env }: BuildContext,
  work: (env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const certificates = certificatesIn(input.platform.bindings);
  if (certificates.length === 0) return await work({});
  const directory = await mkdtemp(join(tmpdir(), "lapidary-certificates-"));
  try {
    const trusted: Record<string, string> = {};
    for (const name of ["SSL_CERT_FILE", "GIT_SSL_CAINFO"]) {
      const file = join(directory, `${name}.crt`);
      await writeFile(file, [await alreadyTrusted(env[name]), ...certificates].join("\n"));
      trusted[name] = file;
    }
    return await work(trusted);
  } finally {
    await removeTree(directory);
  }
}

async function alreadyTrusted(own: string | undefined): Promise<string> {
  for (const path of [own, ...systemBundles]) {
    const text = path && (await readTextIfAny(path));
    if (text) return text;
  }
  return "";
}
