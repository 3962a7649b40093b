import { expect, test } from "vitest";
import { measureGems } from "../../../../src/buildpack/report/measure-gems.ts";
import { makeTree } from "../../../support/tree.ts";

const gemspec = (name: string, version: string) =>
  `Gem::Specification.new do |s|\n  s.name = "${name}".freeze\n  s.version = "${version}".freeze\nend\n`;

test("measures gems with their compiled extensions and clones, the largest first", async () => {
  const gems = await makeTree({
    "specifications/rack-3.0.0.gemspec": gemspec("rack", "3.0.0"),
    "gems/rack-3.0.0/lib/rack.rb": "12345",
    "specifications/pg-1.5.0.gemspec": gemspec("pg", "1.5.0"),
    "gems/pg-1.5.0/lib/pg.rb": "123",
    "extensions/x86_64-linux/3.3.0/pg-1.5.0/pg.so": "1234567",
    "specifications/nokogiri-1.18.1-x86_64-linux-gnu.gemspec": gemspec("nokogiri", "1.18.1"),
    "gems/nokogiri-1.18.1-x86_64-linux-gnu/lib/nokogiri.rb": "1",
    "bundler/gems/shop-0123456789ab/lib/shop.rb": "1234",
    "gems/unknown-1.0/file": "not a gem without a gemspec",
  });
  expect(await measureGems(gems)).toEqual([
    { name: "pg", version: "1.5.0", bytes: 10, compiled: true },
    { name: "rack", version: "3.0.0", bytes: 5, compiled: false },
    { name: "shop", version: "0123456789ab", bytes: 4, compiled: false },
    { name: "nokogiri", version: "1.18.1-x86_64-linux-gnu", bytes: 1, compiled: false },
  ]);
});

test("a layer without gems has none", async () => {
  expect(await measureGems(await makeTree())).toEqual([]);
});
