import { expect, test } from "vitest";
import { gemServerUrl } from "../../../../../src/buildpack/gems/download/gem-server.ts";

test.each<[string, Record<string, string>, string | undefined]>([
  ["https://gems.example.com", {}, "https://gems.example.com/"],
  ["https://gems.example.com/shop", {}, "https://gems.example.com/shop/"],
  [
    "https://rubygems.org/",
    { BUNDLE_MIRROR__ALL: "http://mirror.example.com" },
    "http://mirror.example.com/",
  ],
  [
    "https://rubygems.org/",
    { "BUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/": "https://mirror.example.com/gems" },
    "https://mirror.example.com/gems/",
  ],
  [
    "https://rubygems.org/",
    { BUNDLE_MIRROR__RUBYGEMS__ORG: "https://mirror.example.com/gems" },
    "https://mirror.example.com/gems/",
  ],
  // Bundler tells a mirror which server it stands for.
  ["https://gems.example.com/", { BUNDLE_MIRROR__ALL: "http://mirror.example.com" }, undefined],
  [
    "https://gems.example.com/",
    { BUNDLE_MIRROR__GEMS__EXAMPLE__COM: "http://mirror.example.com" },
    undefined,
  ],
  [
    "https://gems.example.com/",
    { BUNDLE_GEMS__EXAMPLE__COM: "shop:p%40ss" },
    "https://shop:p%40ss@gems.example.com/",
  ],
  [
    "https://gems.example.com/a/",
    { BUNDLE_GEMS__EXAMPLE__COM: "host", "BUNDLE_HTTPS://GEMS__EXAMPLE__COM/A/": "path" },
    "https://path@gems.example.com/a/",
  ],
  [
    "https://rubygems.org/",
    {
      BUNDLE_MIRROR__ALL: "https://mirror.example.com",
      BUNDLE_MIRROR__EXAMPLE__COM: "a:b",
      BUNDLE_RUBYGEMS__ORG: "c:d",
    },
    "https://a:b@mirror.example.com/",
  ],
  [
    "https://own@gems.example.com/",
    { BUNDLE_GEMS__EXAMPLE__COM: "other" },
    "https://own@gems.example.com/",
  ],
  ["file:///srv/gems", {}, undefined],
  [
    "https://gems.example.com/",
    { BUNDLE_GEMS__EXAMPLE__COM: "shop:pa$$w$&rd" },
    "https://shop:pa$$w$&rd@gems.example.com/",
  ],
  // Each would send a part of the login to another host, or another login than Bundler's.
  ...["ab/cd", "user:12345/6", "user:1?x", "a#b", "a@b", "a:b@c", "a b", "a+b", "", "a%zz"].map(
    (login): [string, Record<string, string>, undefined] => [
      "https://gems.example.com/",
      { BUNDLE_GEMS__EXAMPLE__COM: login },
      undefined,
    ],
  ),
])("%s with %j is %s", (remote, env, expected) => {
  expect(gemServerUrl(remote, env)?.href).toBe(expected);
});
