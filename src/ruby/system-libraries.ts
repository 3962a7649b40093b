/** A library or program without which a gem does not work, and its package. */
export interface SystemNeed {
  /** Names of libraries or programs. Any one of them is enough. */
  names: readonly string[];
  package: Package;
}

interface Package {
  /** Its name in Debian and Ubuntu. */
  name: string;
  /** Its name since Debian 13 and Ubuntu 24.04, if the change to 64-bit times has changed it. */
  since64?: string;
}

const named = (name: string, since64?: string): Package => ({
  name,
  ...(since64 !== undefined && { since64 }),
});

/** Gems that look for a library or program only when they run: none of their files is linked to it. */
const foundAtRunTime = new Map<string, SystemNeed>([
  ["ruby-vips", { names: ["libvips.so.42"], package: named("libvips42", "libvips42t64") }],
  ["mini_magick", { names: ["magick", "convert"], package: named("imagemagick") }],
  ["ethon", { names: ["libcurl.so.4"], package: named("libcurl4", "libcurl4t64") }],
  ["ffi-geos", { names: ["libgeos_c.so.1"], package: named("libgeos-c1v5", "libgeos-c1t64") }],
  ["ffi-hunspell", { names: ["libhunspell-1.7.so.0"], package: named("libhunspell-1.7-0") }],
  [
    "ffi-libarchive",
    { names: ["libarchive.so.13"], package: named("libarchive13", "libarchive13t64") },
  ],
  ["ffi-rzmq-core", { names: ["libzmq.so.5"], package: named("libzmq5") }],
  ["rbnacl", { names: ["libsodium.so.23"], package: named("libsodium23") }],
  ["rtesseract", { names: ["tesseract"], package: named("tesseract-ocr") }],
  ["streamio-ffmpeg", { names: ["ffmpeg"], package: named("ffmpeg") }],
]);

/** Packages of libraries to which extensions of well-known gems are linked. */
const packages = new Map<string, Package>([
  ["libMagickWand-6.Q16.so.6", named("libmagickwand-6.q16-6")],
  ["libMagickWand-7.Q16.so.10", named("libmagickwand-7.q16-10")],
  ["libcurl.so.4", named("libcurl4", "libcurl4t64")],
  ["libffi.so.8", named("libffi8")],
  ["libmariadb.so.3", named("libmariadb3")],
  ["libmysqlclient.so.21", named("libmysqlclient21")],
  ["libodbc.so.2", named("libodbc2")],
  ["libpq.so.5", named("libpq5")],
  ["libsqlite3.so.0", named("libsqlite3-0")],
  ["libsybdb.so.5", named("libsybdb5")],
  ["libvips.so.42", named("libvips42", "libvips42t64")],
  ["libxml2.so.2", named("libxml2")],
  ["libyaml-0.so.2", named("libyaml-0-2")],
  ["libxslt.so.1", named("libxslt1.1")],
]);

/** What a gem needs, although its extensions are not linked to it. */
export function neededAtRunTime(gem: string): SystemNeed | undefined {
  return foundAtRunTime.get(gem);
}

/** The package of a library, if it is well known. */
export function packageOfLibrary(library: string): Package | undefined {
  return packages.get(library);
}

/** A package's name in a distribution, `{ name: "ubuntu", version: "24.04" }`. */
export function packageName(
  { name, since64 }: Package,
  distro: { name: string; version: string } | undefined,
): string {
  const first = distro?.name === "ubuntu" ? 24.04 : 13;
  return since64 !== undefined && Number(distro?.version ?? 0) >= first ? since64 : name;
}

/** Whether a library is part of every image. */
export function isOfEverySystem(library: string): boolean {
  return /^(ld-linux.*|linux-vdso|lib(c|m|dl|rt|pthread|util|resolv|gcc_s|stdc\+\+)|libc\.musl.*)\.so/.test(
    library,
  );
}
