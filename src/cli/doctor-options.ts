import { Option } from "@commander-js/extra-typings";
import { createCommand, examples } from "./command.ts";
import { eachValue, envFileOption, envOption, oneValue } from "./options.ts";

/** The command line of `lapidary doctor`. */
export function describeDoctor() {
  return createCommand("doctor")
    .summary("check an app without building it")
    .description(
      "Checks an app without building it. Prints the versions that a build would use, the system packages that gems " +
        "need, the processes of the image, settings, and the warnings that are known without building. If a build is " +
        "certain to fail, it prints that error and exits with 1. It runs nothing of the app, writes nothing and uses no network.",
    )
    .argument("<app>", "the directory of the app")
    .addOption(envOption("a build variable"))
    .addOption(envFileOption("build variables"))
    .option("--binding <[NAME=]DIR>", "a service binding of the build; repeatable", eachValue, [])
    .option(
      "--build-root <DIR>",
      "root file system of the build image (default: this machine's)",
      oneValue,
    )
    .addOption(
      new Option("--arch <ARCH>", "architecture of the image (default: that of the root)").choices([
        "amd64",
        "arm64",
      ]),
    )
    .option("--json", "print one JSON document instead (docs/guides/doctor.md)")
    .addHelpText(
      "after",
      examples({
        "lapidary doctor .": "check the app in this directory",
        "lapidary doctor . --env BP_RUBY_VERSION=3.4": "with a build variable",
        "lapidary doctor . --build-root /srv/noble": "for a build image",
        "lapidary doctor . --json": "for a program",
      }),
    );
}

export type DoctorFlags = ReturnType<ReturnType<typeof describeDoctor>["opts"]>;
