import type { Recipe } from "./recipe.ts";

/**
 * Ruby: relocatable, with a shared library, without documentation. No Ruby of the build image takes
 * part, whatever its `PATH` has: a release's source brings all that one would generate. Only compiling
 * for another architecture takes one, as nothing that is made there runs here.
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
    `--with-baseruby=${cross?.baseRuby ?? "no"}`,
    // Where `rustc` is there, `configure` itself finds out whether it serves.
    ...(hasRustc ? [] : ["--disable-yjit"]),
  ],
  remarks: ({ hasRustc, cross }, configured) => {
    if (cross) return ["Without YJIT: `rustc` compiles it for this machine's architecture alone"];
    if (!hasRustc) return ["Without YJIT: it needs `rustc`, which is not on the `PATH`"];
    if (!configured.some((line) => /YJIT support:\s+no\b/.test(line))) return [];
    return ["Without YJIT: the `rustc` on the `PATH` does not run or is too old for this Ruby"];
  },
  build: [],
  install: ["install"],
  // An extension that does not compile, say against a newer OpenSSL, is left out without an error.
  products: ["openssl.so", "psych.so", "zlib.so"],
};
