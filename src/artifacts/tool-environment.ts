// Directories where other buildpacks put headers and libraries; the CARGO and RUSTUP variables are
// how `rustc` is found, the JAVA ones how JRuby finds Java.
const kept = new Set([
  "PATH",
  "HOME",
  "TMPDIR",
  "CPATH",
  "C_INCLUDE_PATH",
  "LIBRARY_PATH",
  "LD_LIBRARY_PATH",
  "PKG_CONFIG_PATH",
  "CARGO_HOME",
  "RUSTUP_HOME",
  "RUSTUP_TOOLCHAIN",
  "JAVACMD",
  "JAVA_HOME",
]);

/**
 * The environment of the tools that unpack, compile, strip and try an artifact: what they need and
 * nothing else. Compiler flags meant for the app's gems, or settings of another Ruby, must not change
 * what is built, and `RUBYOPT` must not answer for the Ruby that is being tried.
 */
export function toolEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const entries = Object.entries(env).filter(([name]) => kept.has(name));
  const defined = entries.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(defined), LC_ALL: "C" };
}
