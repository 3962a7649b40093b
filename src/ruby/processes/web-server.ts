/** The version of a gem in the lockfile, `undefined` if it is not locked. */
export type LockedVersion = (gem: string) => string | undefined;

/** A web server, and how it is told where to listen. */
export interface WebServer {
  gem: string;
  /** Whether `rackup` and `rails server` can start it. If not, `command` does. */
  byRackup: boolean;
  /** The value of `--host` and `--binding` that means every address. */
  everywhere: Everywhere;
  /** The server's own command line, if it has one. */
  command?: { everywhere: Everywhere; line: (host: string, port: string) => string };
}

/** The address to listen on: on a machine with IPv6, and on one without. */
export interface Everywhere {
  ipv6: string;
  ipv4: string;
}

/**
 * The server that an app starts, or `undefined` if the lockfile has none that this buildpack knows. Servers
 * are tried in rackup's order, then those that rackup cannot start. WEBrick is the last, because gems
 * depend on it for other purposes.
 */
export function findWebServer(locked: LockedVersion): WebServer | undefined {
  return servers.find(({ gem }) => locked(gem) !== undefined);
}

/** The value of `--host` for an unknown server (contract: Process types). */
export const anyAddress: Everywhere = { ipv6: "::", ipv4: "0.0.0.0" };

// In a URL, an IPv6 address needs brackets.
const inUrl: Everywhere = { ipv6: "[::]", ipv4: "0.0.0.0" };
// To WEBrick, `::` means only IPv6, and `*` every address.
const anyForWebrick: Everywhere = { ipv6: "*", ipv4: "*" };
// To Passenger's nginx, `::` means only IPv6, and nothing means both.
const onlyIpv4: Everywhere = { ipv6: "0.0.0.0", ipv4: "0.0.0.0" };

const servers: readonly WebServer[] = [
  {
    gem: "puma",
    byRackup: true,
    everywhere: anyAddress,
    command: {
      everywhere: inUrl,
      line: (host, port) => `bundle exec puma --bind "tcp://${host}:${port}"`,
    },
  },
  {
    gem: "falcon",
    byRackup: true,
    everywhere: anyAddress,
    command: {
      everywhere: inUrl,
      line: (host, port) => `bundle exec falcon serve --bind "http://${host}:${port}"`,
    },
  },
  {
    gem: "unicorn",
    byRackup: false,
    everywhere: anyAddress,
    command: {
      everywhere: inUrl,
      line: (host, port) => `bundle exec unicorn --listen "${host}:${port}"`,
    },
  },
  {
    gem: "passenger",
    byRackup: false,
    everywhere: anyAddress,
    command: {
      everywhere: onlyIpv4,
      line: (host, port) => `bundle exec passenger start --address "${host}" --port "${port}"`,
    },
  },
  {
    gem: "thin",
    byRackup: false,
    everywhere: anyAddress,
    command: {
      everywhere: anyAddress,
      line: (host, port) => `bundle exec thin start --address "${host}" --port "${port}"`,
    },
  },
  { gem: "webrick", byRackup: true, everywhere: anyForWebrick },
];
