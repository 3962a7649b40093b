import { describe, expect, test } from "vitest";
import { gemCredentials } from "../../../../src/buildpack/gems/gem-credentials.ts";
import type { Binding } from "../../../../src/cnb/bindings.ts";

describe("bindings that open private gem servers", () => {
  test("of type gem-credentials name a server, a user and a password", () => {
    const secrets = { host: "gems.example.com", username: "shop", password: "pw" };
    expect(gemCredentials([binding("gem-credentials", secrets)])).toEqual({
      env: { BUNDLE_GEMS__EXAMPLE__COM: "shop:pw" },
      from: [{ binding: "private", variable: "BUNDLE_GEMS__EXAMPLE__COM" }],
      ignored: [],
    });
  });

  test("for two places of one server both count, and the first for the server", () => {
    const login = (path: string) =>
      binding("gem-credentials", { uri: `https://gems.example.com/${path}`, password: path });
    expect(gemCredentials([login("a"), login("b")]).env).toEqual({
      "BUNDLE_HTTPS://GEMS__EXAMPLE__COM/A/": "a",
      "BUNDLE_HTTPS://GEMS__EXAMPLE__COM/B/": "b",
      BUNDLE_GEMS__EXAMPLE__COM: "a",
    });
  });

  test("of type bundler hold variables of Bundler", () => {
    const secrets = { BUNDLE_GEMS__EXAMPLE__COM: "shop:pw\n", BUNDLE_GITHUB__COM: "token" };
    expect(gemCredentials([binding("Bundler", secrets)]).env).toEqual({
      BUNDLE_GEMS__EXAMPLE__COM: "shop:pw",
      BUNDLE_GITHUB__COM: "token",
    });
  });

  test.each<[string, Record<string, string>, string]>([
    ["bundler", { PATH: "/x" }, "`PATH` is no variable of Bundler"],
    ["bundler", { BUNDLE_PATH: "/x" }, "the buildpack decides BUNDLE_PATH"],
    [
      "gem-credentials",
      { host: "gems.example.com" },
      "it needs a `uri` or a `host`, and a `username`, a `password` or both",
    ],
    [
      "gem-credentials",
      { username: "shop", password: "pw" },
      "it needs a `uri` or a `host`, and a `username`, a `password` or both",
    ],
  ])("of type %s are left out with a reason where they hold %j", (type, secrets, because) => {
    expect(gemCredentials([binding(type, secrets)])).toEqual({
      env: {},
      from: [],
      ignored: [{ name: "private", because }],
    });
  });

  test("of other types are none of this", () => {
    const others = [binding("ca-certificates", { a: "b" }), binding("postgresql", { host: "db" })];
    expect(gemCredentials(others)).toEqual({ env: {}, from: [], ignored: [] });
  });
});

function binding(type: string, secrets: Record<string, string>): Binding {
  return { name: "private", type, secrets: new Map(Object.entries(secrets)) };
}
