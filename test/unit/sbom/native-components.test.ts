import { expect, test } from "vitest";
import { jemallocComponent, rubyComponent } from "../../../src/sbom/native-components.ts";

const checksum = "A".repeat(64);

test("Ruby's name in vulnerability databases is that of its engine", () => {
  expect(rubyComponent({ engine: "ruby", version: "3.3.8", checksum })).toMatchObject({
    purl: "pkg:generic/ruby@3.3.8",
    cpe: "cpe:2.3:a:ruby-lang:ruby:3.3.8:*:*:*:*:*:*:*",
    licenses: ["Ruby", "BSD-2-Clause"],
    sha256: "a".repeat(64),
  });
  expect(rubyComponent({ engine: "jruby", version: "9.4.15.0", checksum })).toMatchObject({
    purl: "pkg:generic/jruby@9.4.15.0",
    cpe: "cpe:2.3:a:jruby:jruby:9.4.15.0:*:*:*:*:*:*:*",
  });
});

test("no checksum is given if none is known", () => {
  const checksum = "none published for https://example.com/ruby.tgz";
  expect(rubyComponent({ engine: "ruby", version: "3.3.8", checksum }).sha256).toBeUndefined();
  expect(jemallocComponent("5.3.1", undefined)).toMatchObject({
    purl: "pkg:generic/jemalloc@5.3.1",
    licenses: ["BSD-2-Clause"],
    sha256: undefined,
  });
});
