import { expect, test } from "vitest";
import { gemServerUrl } from "../../../../../src/buildpack/gems/download/gem-server.ts";

test.each<[string, Record<string, string>, string | undefined]>([
  ["https://gems.example.com", {}, "https://gems.example.com/"],
  ["https://gems.example.com/shop", {}, "https://gems.example.com/shop/"],
  [
    "https://gems.example.com/",
    { BUNDLE_MIRROR__ALL: "http://mirror.example.com" },
    "http://mirror.example.com/",
  ],
  [
    "https://gems.example.com/",
    { "BUNDLE_MIRROR__HTTPS://GEMS__EXAMPLE__COM/": "https://mirror.example.com/gems" },
    "https://mirror.example.com/gems/",
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
    "https://gems.example.com/",
    {
      BUNDLE_MIRROR__ALL: "https://mirror.example.com",
      BUNDLE_MIRROR__EXAMPLE__COM: "a:b",
      BUNDLE_GEMS__EXAMPLE__COM: "c:d",
    },
    "https://a:b@mirror.example.com/",
  ],
  [
    "https://own@gems.example.com/",
    { BUNDLE_GEMS__EXAMPLE__COM: "other" },
    "https://own@gems.example.com/",
  ],
  ["file:///srv/gems", {}, undefined],
])("%s with %j is %s", (remote, env, expected) => {
  expect(gemServerUrl(remote, env)?.href).toBe(expected);
});
