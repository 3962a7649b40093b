import type { Component } from "./component.ts";
import { genericUrl } from "./package-url.ts";

/** Each engine's licenses, its name in vulnerability databases, and its homepage. */
const engines: Record<string, { licenses: string[]; cpe: string; homepage: string }> = {
  ruby: {
    licenses: ["Ruby", "BSD-2-Clause"],
    cpe: "ruby-lang:ruby",
    homepage: "https://www.ruby-lang.org/",
  },
  jruby: {
    licenses: ["EPL-2.0", "GPL-2.0", "LGPL-2.1"],
    cpe: "jruby:jruby",
    homepage: "https://www.jruby.org/",
  },
};

/** `version` is the engine's own. A checksum that is not a SHA-256 in hex is left out. */
export function rubyComponent(ruby: {
  engine: string;
  version: string;
  checksum: string;
}): Component {
  const { engine, version, checksum } = ruby;
  const known = engines[engine];
  return {
    name: engine,
    version,
    purl: genericUrl(engine, version),
    licenses: known?.licenses ?? [],
    sha256: /^[0-9a-f]{64}$/i.test(checksum) ? checksum.toLowerCase() : undefined,
    cpe: known && `cpe:2.3:a:${known.cpe}:${version}:*:*:*:*:*:*:*`,
    homepage: known?.homepage,
  };
}

export function jemallocComponent(version: string, sha256: string | undefined): Component {
  return {
    name: "jemalloc",
    version,
    purl: genericUrl("jemalloc", version),
    licenses: ["BSD-2-Clause"],
    sha256,
    homepage: "https://jemalloc.net/",
  };
}
