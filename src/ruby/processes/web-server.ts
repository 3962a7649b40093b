/** What the web processes are chosen by. Versions are those of the lockfile. */
export type LockedVersion = (gem: string) => string | undefined;

/** How a server is told where to listen. */
export interface WebServer {
  gem: string;
  /** Whether `rackup` and `rails server` start it; if not, `command` does. */
  byRackup: boolean;
  /** What `--host` and `--binding` take to mean every address, of IPv6 and IPv4. */
  everywhere: Everywhere;
  /** The server's own command line, where there is one. */
  command?: { everywhere: Everywhere; line: (host: string, port: string) => string };
}

/** Addresses to listen on: with IPv6, and on a machine that has none. */
export interface Everywhere {
  ipv6: string;
  ipv4: string;
}

/**
 * The server that an app starts, or `undefined` where the lockfile has none that is known here. It
 * is the first by rackup's own order, then the ones that rackup cannot start; WEBrick, which gems
 * bring along for other uses, comes last.
 */
export function findWebServer(locked: LockedVersion): WebServer | undefined {
  return servers.find(({ gem }) => locked(gem) !== undefined);
}

/** What `--host` takes where nothing is known of the server (contract: Process types). */
export const anyAddress: Everywhere = { ipv6: "::", ipv4: "0.0.0.0" };

// An address before a port stands in brackets.
const inUrl: Everywhere = { ipv6: "[::]", ipv4: "0.0.0.0" };
// WEBrick takes `::` for IPv6 alone, and `*` for whatever there is.
const whatever: Everywhere = { ipv6: "*", ipv4: "*" };
// The nginx in Passenger takes `::` for IPv6 alone, and has no word for both.
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
  { gem: "webrick", byRackup: true, everywhere: whatever },
];
