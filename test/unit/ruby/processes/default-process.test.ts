import { describe, expect, test } from "vitest";
import { defaultWebProcess } from "../../../../src/ruby/processes/default-process.ts";

const elsewhere = "{ read -r _ </proc/net/if_inet6; } 2>/dev/null ||";
const given = 'case "${1--}" in -*) ;; *) exec "$@" ;; esac;';
const pidFile = '[ -w tmp/pids ] || export PIDFILE="${PIDFILE:-/tmp/server.pid}";';
const onWildcard = `host="::"; ${elsewhere} host="0.0.0.0"; exec`;
const wildcard = `${given} ${onWildcard}`;
const inUrl = `${given} host="[::]"; ${elsewhere} host="0.0.0.0"; exec`;
const rackup = 'bundle exec rackup --port "${PORT:-9292}" --host';

describe("defaultWebProcess", () => {
  test("starts Rails with its own script on the IPv6 wildcard address", () => {
    expect(web({ railties: "8.1.4", puma: "8.0.2" }, { binRails: true })).toMatchObject({
      framework: "rails",
      script: `${given} ${pidFile} ${onWildcard} bin/rails server --port "\${PORT:-3000}" --environment "$RAILS_ENV" --binding "$host" "$@"`,
    });
  });

  test("starts Rails with Bundler if there is no bin/rails", () => {
    expect(web({ railties: "8.1.4" }).script).toContain("; exec bundle exec rails server ");
  });

  test("starts Rails with a server that `rails server` cannot start", () => {
    expect(web({ railties: "8.1.4", unicorn: "6.1.0" }, { binRails: true }).script).toBe(
      `${inUrl} bundle exec unicorn --listen "$host:\${PORT:-3000}" "$@"`,
    );
  });

  test.each([
    ["puma", { rack: "3.2.8", rackup: "2.3.1", puma: "8.0.2" }, `${wildcard} ${rackup} "$host"`],
    [
      "falcon",
      { rack: "3.2.8", rackup: "2.3.1", falcon: "0.57.0" },
      `${wildcard} ${rackup} "$host"`,
    ],
    // WEBrick takes `::` for IPv6 alone.
    [
      "WEBrick",
      { rack: "3.2.8", rackup: "2.3.1", webrick: "1.9.2" },
      `${given} exec ${rackup} "*"`,
    ],
    [
      "Rack 2, which contains rackup",
      { rack: "2.2.23", puma: "6.6.1" },
      `${wildcard} ${rackup} "$host"`,
    ],
    [
      "puma without the rackup gem of Rack 3",
      { rack: "3.2.8", puma: "8.0.2" },
      `${inUrl} bundle exec puma --bind "tcp://$host:\${PORT:-9292}"`,
    ],
    [
      "falcon without the rackup gem of Rack 3",
      { rack: "3.2.8", falcon: "0.57.0" },
      `${inUrl} bundle exec falcon serve --bind "http://$host:\${PORT:-9292}"`,
    ],
    [
      "unicorn, which rackup does not start",
      { rack: "3.2.8", rackup: "2.3.1", unicorn: "6.1.0" },
      `${inUrl} bundle exec unicorn --listen "$host:\${PORT:-9292}"`,
    ],
    [
      "thin, which rackup does not start",
      { rack: "3.2.8", rackup: "2.3.1", thin: "2.0.1" },
      `${wildcard} bundle exec thin start --address "$host" --port "\${PORT:-9292}"`,
    ],
    [
      "passenger, whose nginx takes `::` for IPv6 alone",
      { rack: "3.2.8", passenger: "6.1.6" },
      `${given} exec bundle exec passenger start --address "0.0.0.0" --port "\${PORT:-9292}"`,
    ],
  ])("starts a Rack app: %s", (_, gems, script) => {
    expect(web(gems, { configRu: true })).toMatchObject({
      framework: "rack",
      script: `${script} "$@"`,
    });
  });

  test("prefers other servers to WEBrick", () => {
    const gems = { rack: "3.2.8", rackup: "2.3.1", webrick: "1.9.2", unicorn: "6.1.0" };
    expect(web(gems, { configRu: true }).script).toContain("exec unicorn");
  });

  test("warns that rackup may not start without a known server", () => {
    const found = web({ rack: "3.2.8", rackup: "2.3.1" }, { configRu: true });
    expect(found.script).toBe(`${wildcard} ${rackup} "$host" "$@"`);
    expect(found.doubt).toContain("`rackup` will exit at once. Run `bundle add puma`");
  });

  test("warns that Rails does not start without a server", () => {
    const found = web({ railties: "8.1.4" }, { binRails: true });
    expect(found.doubt).toContain("`bin/rails server` will exit at once. Run `bundle add puma`");
    expect(web({ railties: "8.1.4", puma: "8.0.2" }, { binRails: true }).doubt).toBeUndefined();
  });

  test.each([
    [{ rack: "3.2.8" }, {}, "the app has no `config.ru`"],
    [{ puma: "8.0.2" }, { configRu: true }, "neither railties nor rack is installed"],
    [{ rack: "3.2.8" }, { configRu: true }, "Rack 3 needs the gem `rackup`"],
    [{ rack: "3.2.8", webrick: "1.9.2" }, { configRu: true }, "webrick needs `rackup` to start"],
  ])("has nothing to start, and says why (%j %j)", (gems, files, because) => {
    const found = web(gems, files);
    expect(found.framework).toBe("none");
    expect(found.because).toContain(because);
  });
});

function web(
  gems: Readonly<Record<string, string>>,
  files: { configRu?: boolean; binRails?: boolean } = {},
): { framework: string; because: string; script?: string; doubt?: string } {
  const locked = (gem: string) => gems[gem];
  return defaultWebProcess({ locked, configRu: false, binRails: false, ...files });
}
