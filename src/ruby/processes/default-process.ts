import { anyAddress, findWebServer } from "./web-server.ts";
import type { Everywhere, LockedVersion, WebServer } from "./web-server.ts";

/** What decides the default web process. */
export interface AppShape {
  locked: LockedVersion;
  /** Whether `config.ru` stands in the app's root. */
  configRu: boolean;
  /** Whether `bin/rails` stands in the app. */
  binRails: boolean;
}

export type WebProcess =
  | {
      framework: "rails" | "rack";
      script: string;
      because: string;
      /** Why the process may not start, where there is a reason to think so. */
      doubt?: string;
    }
  | { framework: "none"; because: string };

/**
 * The default web process as a POSIX sh script, which ends in `"$@"` so that arguments append
 * (contract: Process types). It listens on IPv6 and IPv4, or on IPv4 alone where the machine has no
 * IPv6 address. `PORT` defaults to what the framework itself would take.
 */
export function defaultWebProcess(app: AppShape): WebProcess {
  const server = findWebServer(app.locked);
  if (app.locked("railties") !== undefined) return railsProcess(app, server);
  if (app.locked("rack") === undefined)
    return { framework: "none", because: "neither railties nor rack is installed" };
  if (!app.configRu) return { framework: "none", because: "there is no `config.ru`" };
  return rackProcess(app, server);
}

function railsProcess({ binRails }: AppShape, server: WebServer | undefined): WebProcess {
  const port = '"${PORT:-3000}"';
  const own = server && !server.byRackup ? ownCommand(server, "${PORT:-3000}") : undefined;
  if (own) {
    const because = `the lockfile has railties and ${server?.gem}, which \`rails server\` does not start`;
    return { framework: "rails", script: own, because };
  }
  const rails = binRails ? "bin/rails" : "bundle exec rails";
  const line = `${rails} server --port ${port} --environment "$RAILS_ENV" --binding "$host"`;
  return {
    framework: "rails",
    script: listening(server?.everywhere ?? anyAddress, line),
    because: binRails
      ? "the lockfile has railties"
      : "the lockfile has railties; there is no `bin/rails`",
  };
}

function rackProcess({ locked }: AppShape, server: WebServer | undefined): WebProcess {
  const rackup = hasRackup(locked);
  if (server && (!server.byRackup || !rackup)) return rackByServer(server);
  if (!rackup) {
    const because =
      "neither `rackup`, without which Rack 3 has no `rackup` command, nor a server that is known here is installed";
    return { framework: "none", because };
  }
  const line = 'bundle exec rackup --port "${PORT:-9292}" --host "$host"';
  return {
    framework: "rack",
    script: listening(server?.everywhere ?? anyAddress, line),
    because: "the lockfile has rack, and there is a `config.ru`",
    ...(server ? {} : { doubt: noServer }),
  };
}

const noServer =
  'No web server that is known here is installed: without one, `rackup` ends at once. Add `gem "puma"` to the Gemfile, or a `web` line to a Procfile.';

function rackByServer(server: WebServer): WebProcess {
  const script = ownCommand(server, "${PORT:-9292}");
  if (script === undefined) {
    const because = `${server.gem} starts by \`rackup\` alone, and no \`rackup\` is installed, which Rack 3 no longer contains`;
    return { framework: "none", because };
  }
  const why = server.byRackup ? "but no `rackup`" : "which `rackup` does not start";
  return { framework: "rack", script, because: `the lockfile has ${server.gem}, ${why}` };
}

// Rack contained the command until version 3.
function hasRackup(locked: LockedVersion): boolean {
  return locked("rackup") !== undefined || /^[012]\./.test(locked("rack") ?? "");
}

function ownCommand({ command }: WebServer, port: string): string | undefined {
  return command && listening(command.everywhere, command.line("$host", port));
}

// The kernel lists the machine's IPv6 addresses there: none, or no such file, where IPv6 is off.
function listening({ ipv6, ipv4 }: Everywhere, line: string): string {
  if (ipv6 === ipv4) return `exec ${line.replace("$host", ipv4)} "$@"`;
  const choice = `host="${ipv6}"; { read -r _ </proc/net/if_inet6; } 2>/dev/null || host="${ipv4}"`;
  return `${choice}; exec ${line} "$@"`;
}
