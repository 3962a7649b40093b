import { expect, test } from "vitest";
import { parseInstalledGemspec } from "../../../../src/ruby/gems/gemspec.ts";

const written = (lines: string[]) =>
  ["# -*- encoding: utf-8 -*-", "", "Gem::Specification.new do |s|", ...lines, "end", ""].join(
    "\n",
  );

test("reads what RubyGems writes when it installs a gem", () => {
  const text = written([
    '  s.name = "nokogiri".freeze',
    '  s.version = "1.19.7".freeze',
    '  s.platform = "x86_64-linux-gnu".freeze',
    '  s.metadata = { "homepage_uri" => "https://elsewhere.example.com" } if s.respond_to? :metadata=',
    '  s.homepage = "https://nokogiri.example.com".freeze',
    '  s.licenses = ["MIT".freeze, "Apache-2.0".freeze]',
  ]);
  expect(parseInstalledGemspec(text)).toEqual({
    name: "nokogiri",
    version: "1.19.7",
    platform: "x86_64-linux-gnu",
    licenses: ["MIT", "Apache-2.0"],
    homepage: "https://nokogiri.example.com",
  });
});

test("reads gemspecs of older RubyGems, with fewer attributes", () => {
  const text = written(['  s.name = "old"', '  s.version = "0.1"']);
  expect(parseInstalledGemspec(text)).toEqual({
    name: "old",
    version: "0.1",
    platform: "ruby",
    licenses: [],
    homepage: undefined,
  });
});

test("decodes escapes", () => {
  const text = written([
    '  s.name = "a"',
    '  s.version = "1"',
    String.raw`  s.licenses = ["Say \"please\" \u92F8".freeze]`,
  ]);
  expect(parseInstalledGemspec(text)?.licenses).toEqual(['Say "please" \u92f8']);
});

test("does not read a program", () => {
  const text = "Gem::Specification.new do |s|\n  s.name = NAME\n  s.version = Foo::VERSION\nend\n";
  expect(parseInstalledGemspec(text)).toBeUndefined();
});
