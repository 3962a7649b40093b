import { Option } from "@commander-js/extra-typings";
import { defaultExecEnv } from "../cnb/exec-env.ts";
import { defaultPlatformApi, platformApis } from "../platform/lifecycle/platform-api.ts";
import { unprivileged } from "../platform/sandbox/sandbox.ts";
import { createCommand, examples } from "./command.ts";
import {
  eachValue,
  envFileOption,
  envOption,
  execEnvName,
  insecureRegistryOption,
  numericId,
  oneValue,
  quietOption,
  workspaceName,
} from "./options.ts";

/** The command line of `lapidary build`. */
export function describeBuild() {
  return createCommand("build")
    .summary("build an app")
    .description(
      "Builds the app in a directory with Cloud Native Buildpacks. It works on a copy: the directory " +
        "itself is never changed. `include`, `exclude`, buildpacks and build variables are also read " +
        "from the app's project.toml; --env and --buildpack take precedence.",
    )
    .argument("<app>", "the directory of the app")
    .optionsGroup("Input:")
    .addOption(envOption("a build variable"))
    .addOption(envFileOption("build variables"))
    .option(
      "--binding <[NAME=]DIR>",
      "give the build a service binding from a directory; repeatable",
      eachValue,
      [],
    )
    .option(
      "--volume <HOST:PATH>",
      "mount a file or directory of this machine at PATH in the build, read-only unless followed by " +
        ":rw; repeatable",
      eachValue,
      [],
    )
    .option(
      "--gem-store <DIR>",
      "share installed gems with other builds that use this directory, so that no gem is compiled twice; only " +
        "for builds that trust each other",
      oneValue,
    )
    .option(
      "--buildpack <DIR>",
      "use this buildpack instead of Lapidary; repeatable, and they build in the order given",
      eachValue,
      [],
    )
    .option(
      "--descriptor <FILE>",
      "read this file instead of the app's project.toml; paths in it are relative to its directory",
      oneValue,
    )
    .optionsGroup("Image:")
    .option(
      "--image <TARGET>",
      "export an image to oci:DIR[:TAG], docker-archive:FILE[:NAME], docker-daemon:NAME[:TAG] (the Docker " +
        "engine of this machine) or registry:HOST/NAME[:TAG] (with the login of `docker login`)",
      oneValue,
    )
    .option(
      "--run-image <SOURCE>",
      "base image of --image, in the same form (default: made from --run-root)",
      oneValue,
    )
    .option(
      "--lifecycle <FILE>",
      "put the launcher of this lifecycle release into the image (default: Lapidary's own)",
      oneValue,
    )
    .option(
      "--tag <TARGET>",
      "another place or name for the same image, in the form of --image; repeatable",
      eachValue,
      [],
    )
    .option(
      "--previous-image <SOURCE>",
      "reuse the layers of this image if the state directory contains no earlier build (default: the image of --image)",
      oneValue,
    )
    .option(
      "--cache-image <TARGET>",
      "keep the cache in an image too, in the form of --image, and start from it if the state directory has no " +
        "build; only for builds that trust each other",
      oneValue,
    )
    .option(
      "--default-process <TYPE>",
      "the process that the image starts by default (default: chosen by the buildpacks)",
      oneValue,
    )
    .option(
      "--creation-time <TIME>",
      "creation time of the image: `now`, or seconds since 1970 (default: " +
        "SOURCE_DATE_EPOCH, or 1980, so that equal builds are equal images)",
      oneValue,
    )
    .addOption(insecureRegistryOption())
    .optionsGroup("Build environment:")
    .option("--build-root <DIR>", "root file system to build in", oneValue, "/")
    .option(
      "--run-root <DIR>",
      "root file system the app will run in (default: --build-root)",
      oneValue,
    )
    .option("--uid <N>", "user id for the buildpacks", numericId, unprivileged.uid)
    .option("--gid <N>", "group id for the buildpacks", numericId, unprivileged.gid)
    .option(
      "--workspace <NAME>",
      "directory of the app in the build and in the image, such as `app` for /app (default: workspace)",
      workspaceName,
    )
    .option(
      "--exec-env <ENV>",
      "what the image is for, such as `test`: the CNB_EXEC_ENV of buildpacks that use Buildpack API 0.12. " +
        "Lapidary itself follows BP_EXEC_ENV",
      execEnvName,
      defaultExecEnv,
    )
    .option("--no-network", "build without network access")
    .option(
      "--platform-api <VERSION>",
      `Platform API version to follow, ${platformApis[0]} to ${platformApis.at(-1)}`,
      oneValue,
      defaultPlatformApi,
    )
    .optionsGroup("Result:")
    .option("--clear-cache", "do not reuse any layer of an earlier build")
    .option(
      "--state <DIR>",
      "store the build and its caches here; one directory for each app (default: below ~/.local/state/lapidary, for root below /var/lib/lapidary)",
      oneValue,
    )
    .option(
      "--sbom-output-dir <DIR>",
      "write the SBOMs of the image and of the build to this directory, which must be empty or missing",
      oneValue,
    )
    .option(
      "--report <FILE>",
      "write a report of the build to this file: an HTML page if the name ends with .html, otherwise JSON",
      oneValue,
    )
    .addOption(new Option("--verbose", "print every decision").conflicts("quiet"))
    .addOption(quietOption())
    .addHelpText(
      "after",
      examples({
        "lapidary build .": "build the app in this directory",
        "lapidary build . --env RAILS_ENV=staging": "with a build variable",
        "lapidary build . --image oci:image --run-root /srv/noble": "and export an image",
        "lapidary build . --image registry:ghcr.io/acme/shop": "or push it",
      }),
    );
}

export type BuildFlags = ReturnType<ReturnType<typeof describeBuild>["opts"]>;
