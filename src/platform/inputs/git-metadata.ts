import type { ProjectMetadata } from "../../cnb/project-metadata.ts";
import { readTextInside } from "../../system/inside/open-inside.ts";

/**
 * The commit and the remote of an app that is a Git repository, as `pack` describes them. The files of
 * `.git` are read without running git, which runs programs that a repository's configuration names. The
 * login and the parameters of an address are left out, since they can be secret. A work tree or submodule,
 * whose `.git` is a file, has no metadata.
 *
 * Spec: Platform Interface, `project-metadata.toml`.
 */
export async function readGitMetadata(app: string): Promise<ProjectMetadata> {
  const head = await readLine(app, ".git/HEAD");
  const ref = /^ref: (refs\/[!-~]+)$/.exec(head)?.[1];
  const commit = ref === undefined ? head : await commitOf(app, ref);
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return {};
  const branch = ref?.replace(/^refs\/heads\//, "");
  const url = remoteIn(await readIfAny(app, ".git/config"));
  return {
    source: {
      type: "git",
      version: { commit },
      metadata: { ...(branch ? { refs: [branch] } : {}), ...(url ? { url } : {}) },
    },
  };
}

async function commitOf(app: string, ref: string): Promise<string> {
  if (ref.split("/").includes("..")) return "";
  const loose = await readLine(app, `.git/${ref}`);
  if (loose !== "") return loose;
  const packed = (await readIfAny(app, ".git/packed-refs")).split("\n");
  return packed.find((line) => line.endsWith(` ${ref}`))?.split(" ")[0] ?? "";
}

/** The address of the remote `origin`. */
function remoteIn(config: string): string | undefined {
  const lines = config.split("\n").map((line) => line.trim());
  const start = lines.indexOf('[remote "origin"]');
  if (start === -1) return undefined;
  const below = lines.slice(start + 1);
  const end = below.findIndex((line) => line.startsWith("["));
  const own = end === -1 ? below : below.slice(0, end);
  const address = own.map((line) => /^url\s*=\s*(\S+)$/.exec(line)?.[1]).find(Boolean);
  return address?.replace(/[?#].*$/, "").replace(/^([a-z][a-z\d+.-]*:\/\/)[^/]*@/i, "$1");
}

async function readLine(app: string, path: string): Promise<string> {
  return (await readIfAny(app, path)).trimEnd();
}

/** Metadata is no reason to fail: what cannot be read, or lies behind a link, is missing. */
async function readIfAny(app: string, path: string): Promise<string> {
  const file = await readTextInside(app, path).catch(() => undefined);
  return file?.state === "text" ? file.text : "";
}
