import type { Recipe } from "./recipe.ts";

/** jemalloc: the shared library and its commands, without C++ operators. */
export const jemallocRecipe: Recipe = {
  requirements: ({ url }) => [
    { tool: "cc", packages: "build-essential" },
    { tool: "make", packages: "build-essential" },
    { tool: "stdio.h", packages: "libc6-dev" },
    ...(url.endsWith(".bz2") ? [{ tool: "bzip2", packages: "bzip2" }] : []),
    ...(url.endsWith(".xz") ? [{ tool: "xz", packages: "xz-utils" }] : []),
  ],
  // C++ operators would need a C++ runtime in the run image. On arm64, the kernel's page size is 4, 16 or
  // 64 KiB, and the same library must work with all.
  configure: ({ arch }) => ["--disable-cxx", ...(arch === "arm64" ? ["--with-lg-page=16"] : [])],
  remarks: () => [],
  loss: () => undefined,
  build: ["build_lib_shared"],
  install: ["install_bin", "install_lib_shared"],
  products: ["libjemalloc.so"],
};
