/**
 * Every way in which a build can fail, as facts. The message for each is in `output/error-messages`, which
 * does not compile if one is missing.
 */
export interface FailureFacts {
  // Input from the platform (src/cnb)
  "cnb/input-missing": { variable: string; phase: "detect" | "build" };
  "cnb/file-invalid": { path: string; problem: string };
  "cnb/buildpack-api-unsupported": { path: string; api: string };

  // The app (src/buildpack/project, src/ruby)
  "app/lockfile-missing": { gemfile: string; lockfile: string; files: string[] };
  "app/lockfile-unreadable": { path: string; problem: string; line?: number };
  "app/lockfile-merge-conflict": { path: string; line: number };
  "app/platform-missing": { lockfile: string; wanted: string; present: string[] };
  "app/ruby-unsupported": { requested: string; source: string };
  "app/version-conflict": {
    what: string;
    key: string;
    value: string;
    source: string;
    locked: string;
    /** The command that changes the lockfile. */
    update: string;
  };
  "app/gemfile-unreadable": { path: string; problem: string };
  "app/checksums-missing": { lockfile: string; gems: string[] };
  "app/binstub-misleading": { path: string; problem: string; fix: string };

  // Settings (src/settings.ts)
  "settings/invalid": { key: string; value: string; problem: string };

  // Artifacts (src/artifacts)
  "artifact/version-unknown": {
    name: string;
    version: string;
    source: string;
    nearest: string[];
  };
  "artifact/none-for-target": {
    name: string;
    version: string;
    target: string;
    offered: string[];
  };
  "artifact/no-source": { name: string; version: string; nearest: string[] };
  "artifact/no-compiler": { from: string; to: string };
  "artifact/inventory-invalid": { location: string; problem: string };
  "artifact/mirror-invalid": { source: string; url: string };
  "artifact/unpack-failed": { path: string; problem: string };
  "artifact/wrong-version": { name: string; wanted: string; reported: string; path: string };
  "download/not-found": { url: string };
  "download/refused": { url: string; status: number };
  "download/failed": { url: string; attempts: number; problem: string };
  "download/stalled": { url: string; attempts: number; seconds: number; bytes: number };
  /** `limit` in bytes. */
  "download/too-large": { url: string; limit: number };
  "download/truncated": { url: string; attempts: number; expected: number; received: number };
  "download/checksum-mismatch": { url: string; expected: string; received: string };
  "compile/tools-missing": {
    name: string;
    version: string;
    missing: { tool: string; packages: string }[];
  };
  "compile/failed": {
    name: string;
    version: string;
    command: string;
    lines: string[];
  };
  "compile/incomplete": { name: string; version: string; missing: string[] };
  "compile/library-missing": { name: string; version: string; libraries: string[] };

  // Java, for JRuby (src/buildpack/interpreter)
  "java/missing": { ruby: string; source: string; problem: string };
  "java/too-old": { ruby: string; source: string; needed: number; version: string; path: string };

  // Bundler and gems (src/buildpack/gems)
  "bundler/install-failed": { version: string; output: string[]; error: string[] };
  "gems/lockfile-out-of-step": { gemfile: string; lockfile: string; output: string[] };
  "gems/install-failed": {
    command: string;
    exitCode: number;
    output: string[];
    error: string[];
    /** Packages that the error says are missing. */
    packages: readonly string[];
    image: BuildImage;
  };
  "gems/clean-failed": { command: string; exitCode: number; output: string[] };

  // Rake tasks and assets (src/buildpack/assets)
  "rake/detection-failed": RakeFailure;
  "rake/precompile-failed": RakeFailure;
  // Node and its packages (src/buildpack/javascript)
  "node/missing": {
    gems: string[];
    packageJson: boolean;
    manager: string;
    skippedBy: string[];
  };
  "node/package-manager-missing": {
    manager: string;
    chosenBy: string;
    gem: string;
    skippedBy: string;
  };
  "node/prune-failed": { because: string };

  // jemalloc (src/buildpack/jemalloc)
  "jemalloc/version-unknown": { version: string; archive: string; versions: string[] };
  "jemalloc/not-loaded": { version: string; ruby: string; output: string[] };

  // Images (src/oci, src/platform)
  "image/invalid": { path: string; problem: string };
  "image/lifecycle-invalid": { path: string; problem: string };
  /** `known` are the process types of the image. */
  "image/process-unknown": { process: string; known: string[] };
  /** `root` is a root file system, `path` a file or directory in it that this user may not read. */
  "image/root-unreadable": { root: string; path: string };
  /** `path` is relative to the app. */
  "image/app-unreadable": { path: string };
  "image/rebase-refused": { image: string; problem: string; forceable: boolean };
  /** The registry wants a login, or refuses the one that it got; `account` is its name. */
  "image/login-needed": { registry: string; repository: string; detail: string };
  "image/login-refused": { registry: string; repository: string; account: string; detail: string };
  "image/access-denied": {
    registry: string;
    repository: string;
    account: string | undefined;
    detail: string;
  };
  /** What a registry answered to a step such as `store the manifest of shop:latest`. */
  "image/registry-refused": { registry: string; step: string; status: number; detail: string };
  "image/registry-wrong": { registry: string; step: string; problem: string };
  "image/registry-unreachable": { registry: string; problem: string; attempts: number };
  "image/registry-certificate": { registry: string; problem: string };
  "image/registry-plain": { registry: string; problem: string };
  "image/login-unreadable": { path: string; problem: string };
  "image/helper-failed": { helper: string; registry: string; problem: string };
  "image/engine-unreachable": { socket: string; problem: string };
  "image/engine-refused": { step: string; problem: string };

  // Packages (src/package)
  "package/checkout-incomplete": { path: string; missing: string[] };
  "package/runtime-unavailable": { name: string; problem: string };

  // The machine (src/system)
  "system/disk-full": { path: string };
  /** The largest variable of an environment that the system refuses. */
  "system/environment-too-large": { name: string; bytes: number };
  /** What a system call said of a file, a directory or a program. */
  "system/file-unusable": { path: string; problem: string };
  "system/link-not-followed": { path: string };
  "system/not-writable": { path: string };

  // The local platform (src/platform)
  "platform/unsupported-system": { system: string };
  "platform/usage": { problem: string; suggestion?: string; command?: string };
  "platform/app-missing": { path: string };
  "platform/app-unreadable": { path: string; problem: string };
  "platform/project-invalid": { path: string; problem: string };
  "platform/buildpack-missing": { path: string; problem: string };
  "platform/api-unsupported": { api: string; supported: string[] };
  "platform/no-group-detected": { errors: boolean; outcomes: string[] };
  "platform/plan-unresolved": { problems: string[] };
  "platform/build-failed": { buildpack: string; exitCode: number };
  "platform/build-output-invalid": { buildpack: string; path: string; problem: string };
  "platform/store-failed": { buildpack: string; layer: string; problem: string };
  "platform/state-foreign": { path: string; entries: string[] };
  "platform/slice-invalid": { pattern: string };
  "platform/process-type-invalid": { type: string };
  "platform/state-locked": { path: string; pid: number };
  "platform/root-unusable": { root: string; problem: string };
  /** The option needs namespaces, which the machine refuses with the error `problem`. */
  "platform/isolation-needed": { option: string; problem: string };
  /** Without namespaces, the unprivileged user cannot enter `directory`, which contains `path`. */
  "platform/place-unreachable": { path: string; directory: string; user: string; problem: string };
  "platform/nothing-built": { path: string };
  "platform/process-unknown": { type: string; known: string[] };
  "platform/launch-failed": { problem: string };

  // The classic API (src/classic)
  "classic/arguments-missing": { program: string; takes: string };
  "classic/companion-missing": { name: string; tool: string; add: string };
  "classic/release-unreadable": { buildpack: string; problem: string };
  "classic/not-compiled": { path: string };
  "classic/no-tests": { path: string };
  "classic/source-unusable": { path: string; problem: string };
  "classic/buildpack-unusable": { buildpack: string; problem: string };
  "classic/no-buildpack": { tried: string[] };
  "classic/buildpack-failed": { buildpack: string; program: string; exitCode: number };
  "classic/slug-unusable": { path: string; problem: string };
}

/** How a rake command failed. */
export interface RakeFailure {
  command: string;
  exitCode: number;
  /** The error that ended it, then its causes. */
  errors: RubyError[];
  /** What gems need from the system, as the log lists it. */
  needs: readonly SystemNeed[];
  image: BuildImage;
}

/** Whose image a build runs in; `other` if it is not even Debian or Ubuntu. */
export type BuildImage = "heroku" | "paketo" | "debian" | "other";

/** A library or program of the system that gems need. */
export interface SystemNeed {
  /** Alternatives: any one of them is enough. */
  names: readonly string[];
  /** The names of the gems that need it. */
  gems: readonly string[];
  /** Its package in Debian and Ubuntu, if known. */
  package: string | undefined;
}

/** An exception of Ruby, as a program prints it when it ends. */
export interface RubyError {
  /** The name of its class. */
  name: string;
  message: string;
  /** `FILE:LINE:in 'METHOD'`, the innermost first. */
  backtrace: string[];
}

export type FailureCode = keyof FailureFacts;

/** One failure: its stable code and its facts. */
export type Failure = { [C in FailureCode]: { code: C } & FailureFacts[C] }[FailureCode];

/** The only error that is thrown on purpose. Any other error is a bug. */
export class BuildpackError extends Error {
  readonly failure: Failure;
  /** The exit code of a command that fails with it, where the failure alone does not decide that. */
  readonly exitCode: number | undefined;

  constructor(failure: Failure, options?: ErrorOptions & { exitCode?: number }) {
    super(failure.code, options);
    this.name = "BuildpackError";
    this.failure = failure;
    this.exitCode = options?.exitCode;
  }
}

/** A command line that cannot be run as typed. `command` is the one whose help explains it. */
export function usageError(problem: string, command?: string): BuildpackError {
  return new BuildpackError({
    code: "platform/usage",
    problem,
    ...(command === undefined ? {} : { command }),
  });
}
