import type { Recipe } from "./recipe.ts";

/** jemalloc: the shared library and the commands that come with it, without its C++ operators. */
export const jemallocRecipe: Recipe = {
  requirements: ({ url }) => [
    { tool: "cc", packages: "build-essential" },
    { tool: "make", packages: "build-essential" },
    { tool: "stdio.h", packages: "libc6-dev" },
    ...(url.endsWith(".bz2") ? [{ tool: "bzip2", packages: "bzip2" }] : []),
    ...(url.endsWith(".xz") ? [{ tool: "xz", packages: "xz-utils" }] : []),
  ],
  // With the C++ operators the library would need a C++ runtime on the run image. Kernels for arm64
  // have pages of 4, 16 or 64 KiB, and one library must run on all.
  configure: ({ arch }) => ["--disable-cxx", ...(arch === "arm64" ? ["--with-lg-page=16"] : [])],
  remarks: () => [],
  build: ["build_lib_shared"],
  install: ["install_bin", "install_lib_shared"],
  products: ["libjemalloc.so"],
};
