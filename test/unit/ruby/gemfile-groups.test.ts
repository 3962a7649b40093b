import { expect, test } from "vitest";
import { evaluatesFiles, gemsLeftOut } from "../../../src/ruby/gemfile-groups.ts";
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
gem "debug", platforms: %i[mri], groups: %i[development test]
gem "rspec", :group => :test
gem "rubocop", group: [:development, "lint"]
group :development, :test do
  platforms :mri do
    gem "byebug"
  end
  gem "other2"
end
gem "puma"
`;
const nothing = { with: [], without: [] };

test("finds the gems of optional groups, and the servers that only they need", () => {
  const { gems, optionalServers } = gemsLeftOut(gemfile, nothing);
  expect([...gems]).toEqual(["mysql2", "avo-pro", "shared"]);
  expect(optionalServers).toEqual(["https://packager.dev/avo"]);
});

test("installs optional groups that are asked for", () => {
  const choose = (group: string) => gemsLeftOut(gemfile, { ...nothing, with: [group] });
  expect([...choose("extra").gems]).toEqual(["mysql2"]);
  expect(choose("paid").optionalServers).toEqual([]);
});

test.each([
  [
    ["development", "test"],
    ["other", "debug", "rspec", "byebug", "other2"],
  ],
  [["development"], ["other"]],
  [
    ["development", "test", "lint"],
    ["other", "debug", "rspec", "rubocop", "byebug", "other2"],
  ],
])("finds the gems of which all groups are among %j", (without, expected) => {
  const { gems } = gemsLeftOut(gemfile, { ...nothing, without });
  const optional = new Set(["mysql2", "avo-pro", "shared"]);
  expect([...gems].filter((gem) => !optional.has(gem))).toEqual(expected);
});

test.each(["group :a, optional: true do\n", 'gem "a"\n', " ", '"https://a"', ":a", "group: %i[a "])(
  "takes twice the time for twice as many %j",
  (part) => {
    const many = (size: number) => part.repeat(size / part.length);
    expect(growthOf((text) => gemsLeftOut(text, nothing), many)).toBeLessThan(3);
  },
);

test.each([
  ['eval_gemfile "Gemfile.local"', true],
  ["Dir.glob('plugins/*/Gemfile').each { |file| eval_gemfile file }", true],
  ["instance_eval(File.read('Gemfile.shared'))", true],
  ['  eval File.read("more.rb"), binding', true],
  ['# eval_gemfile "Gemfile.local"', false],
  ['gem "evaluation"', false],
])("whether a Gemfile evaluates other files: %s", (line, expected) => {
  expect(evaluatesFiles(`source "https://gems.example.com"\n${line}\n`)).toBe(expected);
});
