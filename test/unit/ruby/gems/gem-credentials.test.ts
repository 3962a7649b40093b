import { describe, expect, test } from "vitest";
import { loginVariables } from "../../../../src/ruby/gems/gem-credentials.ts";

describe("the variables by which Bundler knows a login", () => {
  // Bundler's own spelling: Bundler::Settings#key_for.
  test.each([
    ["gems.example.com", "BUNDLE_GEMS__EXAMPLE__COM"],
    ["gems.my-shop.example", "BUNDLE_GEMS__MY___SHOP__EXAMPLE"],
    ["https://gems.example.com", "BUNDLE_GEMS__EXAMPLE__COM"],
    ["https://gems.example.com:8443/", "BUNDLE_GEMS__EXAMPLE__COM"],
    ["gems.example.com:8443", "BUNDLE_GEMS__EXAMPLE__COM"],
    ["127.0.0.1", "BUNDLE_127__0__0__1"],
    [
      "https://gems.example.com/private",
      "BUNDLE_HTTPS://GEMS__EXAMPLE__COM/PRIVATE/",
      "BUNDLE_GEMS__EXAMPLE__COM",
    ],
    [
      "http://gems.example.com:81/a/b/",
      "BUNDLE_HTTP://GEMS__EXAMPLE__COM:81/A/B/",
      "BUNDLE_GEMS__EXAMPLE__COM",
    ],
  ])("of %s: %s", (server, ...names) => {
    expect(loginVariables({ server, username: "me", password: "pw" })).toEqual(
      names.map((name) => ({ name, value: "me:pw" })),
    );
  });

  test.each([
    [{ username: "me", password: "a:b@c d+e/'" }, "me:a%3Ab%40c%20d%2Be%2F%27"],
    [{ username: "token", password: undefined }, "token"],
    [{ username: "", password: "token" }, "token"],
  ])("have a value that is encoded for URLs: %j", (words, value) => {
    expect(loginVariables({ server: "gems.example.com", ...words })[0]?.value).toBe(value);
  });

  test.each([
    ["", "me", "pw"],
    ["gems.example.com/private", "me", "pw"],
    ["not a host", "me", "pw"],
    ["gems.example.com", undefined, undefined],
    ["gems.example.com", "", ""],
  ])("do not exist for the server `%s`, %j and %j", (server, username, password) => {
    expect(loginVariables({ server, username, password })).toEqual([]);
  });
});
