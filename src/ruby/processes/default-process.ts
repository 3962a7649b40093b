import { givenCommandScript } from "./given-command.ts";
import { anyAddress, findWebServer } from "./web-server.ts";
import type { Everywhere, LockedVersion, WebServer } from "./web-server.ts";

/** What decides the default web process. */
export interface AppShape {
  locked: LockedVersion;
  /** Whether the app has `config.ru`. */
  configRu: boolean;
  /** Whether the app has `bin/rails`. */
  binRails: boolean;
}

export type WebProcess =
  | {
      framework: "rails" | "rack";
      script: string;
      /** The server's command as people read it: the script without what surrounds it. */
      line: string;
      because: string;
      /** Why the process may not start, if it may not. */
      doubt?: string;
    }
  | { framework: "none"; because: string };

/**
 * The default web process as a POSIX sh script, to which a user's options are appended (contract: Process
 * types). A command of the user replaces the server. It listens on IPv6 and IPv4, or only on IPv4 if the
 * machine has no IPv6 address. The default of `PORT` is that of the framework.
 */
export function defaultWebProcess(app: AppShape): WebProcess {
  const server = findWebServer(app.locked);
  if (app.locked("railties") !== undefined) return railsProcess(app, server);
  if (app.locked("rack") === undefined)
    return { framework: "none", because: "neither railties nor rack is installed" };
  if (!app.configRu) return { framework: "none", because: "the app has no `config.ru`" };
  return rackProcess(app, server);
}

function railsProcess({ binRails }: AppShape, server: WebServer | undefined): WebProcess {
  const port = '"${PORT:-3000}"';
  const own = server && !server.byRackup ? ownCommand(server, "${PORT:-3000}") : undefined;
  if (own) {
    const because = `the lockfile has railties and ${server?.gem}, which \`rails server\` cannot start`;
    return { framework: "rails", ...own, because };
  }
  const rails = binRails ? "bin/rails" : "bundle exec rails";
  const line = `${rails} server --port ${port} --environment "$RAILS_ENV" --binding "$host"`;
  return {
    framework: "rails",
    ...listening(server?.everywhere ?? anyAddress, line, writablePidFile),
    because: binRails
      ? "the lockfile has railties"
      : "the lockfile has railties, and the app has no `bin/rails`",
    ...(server ? {} : { doubt: noServer(`${rails} server`) }),
  };
}

function rackProcess({ locked }: AppShape, server: WebServer | undefined): WebProcess {
  const rackup = hasRackup(locked);
  if (server && (!server.byRackup || !rackup)) return rackByServer(server);
  if (!rackup) {
    const because =
      "Rack 3 needs the gem `rackup`, or a server that this buildpack knows, and neither is installed";
    return { framework: "none", because };
  }
  const line = 'bundle exec rackup --port "${PORT:-9292}" --host "$host"';
  return {
    framework: "rack",
    ...listening(server?.everywhere ?? anyAddress, line),
    because: "the lockfile has rack, and the app has a `config.ru`",
    ...(server ? {} : { doubt: noServer("rackup") }),
  };
}

function noServer(command: string): string {
  return `No web server that this buildpack knows is installed: \`${command}\` will exit at once. Run \`bundle add puma\`, move the server's gem out of the groups that are left out (BUNDLE_WITHOUT), or add a \`web\` process to a Procfile.`;
}

function rackByServer(server: WebServer): WebProcess {
  const own = ownCommand(server, "${PORT:-9292}");
  if (own === undefined) {
    const because = `${server.gem} needs \`rackup\` to start, which Rack 3 does not contain, and the gem \`rackup\` is not installed`;
    return { framework: "none", because };
  }
  const why = server.byRackup ? "but not rackup" : "which `rackup` cannot start";
  return { framework: "rack", ...own, because: `the lockfile has ${server.gem}, ${why}` };
}

// Rack contains the command before version 3.
function hasRackup(locked: LockedVersion): boolean {
  return locked("rackup") !== undefined || /^[012]\./.test(locked("rack") ?? "");
}

function ownCommand({ command }: WebServer, port: string): Listening | undefined {
  return command && listening(command.everywhere, command.line("$host", port));
}

// Where the app is read-only or belongs to another user, `rails server` cannot write tmp/pids/server.pid.
const writablePidFile = '[ -w tmp/pids ] || export PIDFILE="${PIDFILE:-/tmp/server.pid}"; ';

interface Listening {
  script: string;
  line: string;
}

// The kernel lists IPv6 addresses in this file. Without IPv6 it is empty or missing.
function listening({ ipv6, ipv4 }: Everywhere, command: string, before = ""): Listening {
  const start = `${givenCommandScript}; ${before}`;
  const line = command.replace("$host", ipv6);
  if (ipv6 === ipv4) return { script: `${start}exec ${line} "$@"`, line };
  const choice = `host="${ipv6}"; { read -r _ </proc/net/if_inet6; } 2>/dev/null || host="${ipv4}"`;
  return { script: `${start}${choice}; exec ${command} "$@"`, line };
}
