import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { Architecture, PackageLine } from "../package/package-options.ts";
import { createCommand, examples } from "./command.ts";
import { oneValue } from "./options.ts";

export function describePackage() {
  return createCommand("package")
    .summary("package this buildpack for other platforms")
    .description(
      "Packages the buildpack together with Node: a .cnb file for each architecture (for `pack build " +
        "--buildpack FILE`), an OCI image layout with all of them (for registries), and an npm package " +
        "with this command. Run it in a checkout: `npm run package` builds `dist` first.",
    )
    .option("--out <DIR>", "where the packages go", oneValue, "packages")
    .option(
      "--target <linux/ARCH>",
      "linux/amd64 or linux/arm64; repeatable (default: both)",
      eachArchitecture,
      [],
    )
    .option("--offline <APP>", "include the Ruby and jemalloc that this app needs", oneValue)
    .option(
      "--distro <NAME@VERSION>",
      "with --offline: only for this distribution, such as ubuntu@24.04",
      distro,
    )
    .addHelpText(
      "after",
      examples({
        "npm run package": "both architectures",
        "npm run package -- --target linux/amd64 --offline ../shop": "for builds without internet",
      }),
    );
}

export type PackageFlags = ReturnType<ReturnType<typeof describePackage>["opts"]>;

/** The packages to make. Architectures are sorted: the index does not depend on the typed order. */
export function packageLine({ out, target, offline, distro }: PackageFlags): PackageLine {
  const architectures: readonly Architecture[] = target.length > 0 ? target : ["amd64", "arm64"];
  return { out, architectures: [...new Set(architectures)].sort(), offline, distro };
}

function eachArchitecture(value: string, previous: readonly Architecture[]): Architecture[] {
  if (value === "linux/amd64") return [...previous, "amd64"];
  if (value === "linux/arm64") return [...previous, "arm64"];
  throw new InvalidArgumentError("It must be linux/amd64 or linux/arm64.");
}

function distro(value: string): { name: string; version: string } {
  const [name = "", version = ""] = value.split("@");
  if (name && version) return { name, version };
  throw new InvalidArgumentError("It must be a name and a version, such as ubuntu@24.04.");
}
