import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createHash } from "node:crypto";
import { onTestFinished } from "vitest";
import type { Artifact } from "../../../src/artifacts/artifact.ts";
import type { MakeArtifactContext } from "../../../src/artifacts/artifact-to-make.ts";
import { runCommand } from "../../../src/system/command.ts";
import { createFetcher } from "../../../src/system/http/fetcher.ts";
import { recordSection } from "../section.ts";
import { tarballGz } from "../packages/tarball.ts";
import { makeTree } from "../tree.ts";

/** Debian 12 on amd64 with a compiler that compiles nothing, and sources that tell what was done to them. */
export interface FakeMachine {
  context: MakeArtifactContext & { section: { lines: string[] } };
  /** Lists the source of a release, or a tree of it that is compiled already. */
  offer: (artifact: Pick<Artifact, "name" | "version" | "kind">) => Promise<void>;
}

/** @param tools - what is on the `PATH`, as bodies of shell scripts, beside `make`. */
export async function makeFakeMachine(tools: Record<string, string>): Promise<FakeMachine> {
  const root = await makeTree({ "bin/": "", "work/": "", "out/": "" });
  for (const [name, script] of Object.entries({ make, ...tools })) {
    await writeFile(join(root, "bin", name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`, {
      mode: 0o755,
    });
  }
  const fetcher = createFetcher({ env: {} });
  onTestFinished(async () => await fetcher.close());
  const inventory: Artifact[] = [];
  return {
    context: {
      section: recordSection(),
      run: runCommand,
      env: { PATH: join(root, "bin") },
      fetcher,
      mirrors: { byChecksum: new Map(), byHost: new Map(), fallback: undefined },
      signal: new AbortController().signal,
      cpus: 1,
      inventory,
      machine: { os: "linux", arch: "amd64", distro: { name: "debian", version: "12" } },
      work: join(root, "work"),
      out: join(root, "out"),
    },
    offer: async (artifact) => void inventory.push(await place(root, artifact)),
  };
}

// Installs what both recipes check for, and beside it what `configure` was told.
const make = `case "$*" in *install*)
  top="\${*##*DESTDIR=}$(cat prefix)"; mkdir -p "$top/lib"
  for name in openssl psych zlib libjemalloc; do echo >"$top/lib/$name.so"; done
  cp options "$top/options";; esac`;

const configure = `#!/bin/sh
PATH=/usr/bin:/bin
echo "$*" >options
for option; do case $option in --prefix=*) printf %s "\${option#--prefix=}" >prefix;; esac; done
`;

async function place(
  root: string,
  { name, version, kind }: Pick<Artifact, "name" | "version" | "kind">,
): Promise<Artifact> {
  const ruby = `#!/bin/sh\nprintf 'ruby ${version} (2025-01-01) [x86_64-linux]'\n`;
  const [path, body] = kind === "source" ? ["configure", configure] : ["bin/ruby", ruby];
  const bytes = tarballGz([{ path: `${name}-${version}/${path}`, body, mode: 0o755 }]);
  const file = join(root, `${kind}-${name}-${version}.tgz`);
  await writeFile(file, bytes);
  return {
    name,
    version,
    kind,
    url: pathToFileURL(file).href,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    stripComponents: 1,
    builtFor: kind === "source" ? {} : { os: "linux", arch: "amd64" },
    origin: "operator",
  };
}
