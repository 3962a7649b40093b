import { expect, test } from "vitest";
import { findWebServer } from "../../../../src/ruby/processes/web-server.ts";

test.each([
  // The order of rackup's own search comes first.
  [["webrick", "falcon", "puma"], "puma"],
  [["webrick", "falcon"], "falcon"],
  [["webrick", "thin"], "thin"],
  [["puma_worker_killer", "unicorn-worker-killer"], undefined],
])("of %j, an app starts %s", (gems, server) => {
  expect(findWebServer((gem) => (gems.includes(gem) ? "1.0.0" : undefined))?.gem).toBe(server);
});
