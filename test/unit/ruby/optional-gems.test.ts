import { expect, test } from "vitest";
import { optionalGems } from "../../../src/ruby/optional-gems.ts";
import { growthOf } from "../../support/fuzz/growth.ts";

const gemfile = `source "https://rubygems.org"
gem "rails"
group :mysql, optional: true do
  gem "mysql2"
end
group :paid, "extra", :optional => true do
  # gem "comment"
  gem "rails"
  gem "avo-pro", source: "https://packager.dev/avo/"
  gem "shared", source: "https://gems.example.com"
end
group :development do
  gem "other", source: "https://gems.example.com/"
end
`;

test("finds the gems of optional groups, and the servers that only they need", () => {
  const { gems, servers } = optionalGems(gemfile, []);
  expect([...gems]).toEqual(["mysql2", "avo-pro", "shared"]);
  expect(servers).toEqual(["https://packager.dev/avo"]);
});

test("leaves out groups that are asked for", () => {
  expect([...optionalGems(gemfile, ["extra"]).gems]).toEqual(["mysql2"]);
  expect(optionalGems(gemfile, ["paid"]).servers).toEqual([]);
});

test.each(["group :a, optional: true do\n", 'gem "a"\n', " ", '"https://a"', ":a"])(
  "takes twice the time for twice as many %j",
  (part) => {
    const many = (size: number) => part.repeat(size / part.length);
    expect(growthOf((text) => optionalGems(text, []), many)).toBeLessThan(3);
  },
);
