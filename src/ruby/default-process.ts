/** What decides the default web process. */
export interface AppShape {
  /** Whether the lockfile has `railties`. */
  railties: boolean;
  /** Whether the lockfile has `rack`. */
  rack: boolean;
  /** Whether `config.ru` stands in the app's root. */
  configRu: boolean;
  /** Whether `bin/rails` stands in the app. */
  binRails: boolean;
}

export type WebProcess =
  | { framework: "rails" | "rack"; script: string; because: string }
  | { framework: "none"; because: string };

/**
 * The default web process as a POSIX sh script, which ends in `"$@"` so that arguments append
 * (contract: Process types). `PORT` defaults to what the framework itself would take.
 */
export function defaultWebProcess(app: AppShape): WebProcess {
  if (app.railties) return railsProcess(app.binRails);
  if (!app.rack)
    return { framework: "none", because: "the lockfile has neither railties nor rack" };
  if (!app.configRu) return { framework: "none", because: "there is no `config.ru`" };
  return {
    framework: "rack",
    script: 'exec bundle exec rackup --port "${PORT:-9292}" --host "::" "$@"',
    because: "the lockfile has rack, and there is a `config.ru`",
  };
}

function railsProcess(binRails: boolean): WebProcess {
  const rails = binRails ? "bin/rails" : "bundle exec rails";
  return {
    framework: "rails",
    script: `exec ${rails} server --port "\${PORT:-3000}" --environment "$RAILS_ENV" --binding "::" "$@"`,
    because: binRails
      ? "the lockfile has railties"
      : "the lockfile has railties; there is no `bin/rails`",
  };
}
