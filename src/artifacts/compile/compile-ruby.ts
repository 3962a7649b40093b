import { compareGemVersions } from "../../ruby/gems/gem-version.ts";
import type { Recipe } from "./recipe.ts";

/**
 * Ruby: relocatable, with a shared library, without documentation. A Ruby on the build image's `PATH` is not
 * used: the source of a release contains all generated files. Only compiling for another architecture needs
 * a Ruby that runs on this one.
 */
export const rubyRecipe: Recipe = {
  requirements: () => [
    { tool: "cc", packages: "build-essential" },
    { tool: "make", packages: "build-essential" },
    { tool: "stdio.h", packages: "libc6-dev" },
    { tool: "openssl/ssl.h", packages: "libssl-dev" },
    { tool: "yaml.h", packages: "libyaml-dev" },
    { tool: "ffi.h", packages: "libffi-dev" },
    { tool: "zlib.h", packages: "zlib1g-dev" },
  ],
  configure: ({ hasRustc, cross }) => [
    "--disable-install-doc",
    "--enable-load-relative",
    "--enable-shared",
    // Otherwise `gem env` names the directory in which Ruby was compiled.
    "--sysconfdir=/etc",
    `--with-baseruby=${cross?.baseRuby ?? "no"}`,
    // If there is a `rustc`, `configure` checks whether it can be used.
    ...(hasRustc ? [] : ["--disable-yjit"]),
  ],
  remarks: ({ hasRustc, cross }, configured) => {
    if (cross) return ["Without YJIT: `rustc` can compile it only for this machine's architecture"];
    if (!hasRustc) return ["Without YJIT: it needs `rustc`, which is not on the `PATH`"];
    if (!configured.some((line) => /YJIT support:\s+no\b/.test(line))) return [];
    return ["Without YJIT: the `rustc` on the `PATH` does not run, or is too old for this Ruby"];
  },
  loss: ({ version }) =>
    compareGemVersions(version, "3.3") < 0 ? undefined : "Rails turns YJIT on where Ruby has it",
  build: [],
  install: ["install"],
  // Ruby silently leaves out extensions that do not compile, for example with a newer OpenSSL.
  products: ["openssl.so", "psych.so", "zlib.so"],
};
