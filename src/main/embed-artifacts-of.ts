import { embedArtifacts } from "../artifacts/embed-artifacts.ts";
import { wantedArtifacts } from "../buildpack/interpreter/wanted-artifacts.ts";
import { readBuildpackDescriptor } from "../cnb/buildpack-descriptor.ts";
import type { PackageContext } from "../package/package-command.ts";
import { createFetcher } from "../system/http/fetcher.ts";

/** Downloads what a build of an app installs, for `lapidary package --offline APP`. */
export function embedArtifactsOf(
  buildpackDir: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): PackageContext["embed"] {
  return async (request) => {
    const fetcher = createFetcher({ env });
    try {
      const descriptor = await readBuildpackDescriptor(buildpackDir);
      const wanted = await wantedArtifacts(request.app, descriptor, env);
      await embedArtifacts({ ...request, wanted, buildpackDir, env, fetcher, signal });
    } finally {
      await fetcher.close();
    }
  };
}
