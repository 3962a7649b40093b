import { expect, test } from "vitest";
import { variablesAssigned, variablesWithoutDefault } from "../../../src/ruby/read-variables.ts";
import { growthOf } from "../../support/fuzz/growth.ts";

test.each([
  ['ENV.fetch("A")', ["A"]],
  ["x = [ENV.fetch( 'A' ), ENV.fetch('B_2')]", ["A", "B_2"]],
  ['ENV.fetch("A")\nENV.fetch("A")', ["A"]],
  ['password: <%= ENV.fetch("A") %>', ["A"]],
  ['if b\n  c\nend\nENV.fetch("A")', ["A"]],
  ['  <% if b %>\n  c: 1\n  <% end %>\n  d: <%= ENV.fetch("A") %>', ["A"]],
  ['key = ENV.fetch("A") if Rails.env.production?', ["A"]],
  ['if Rails.env.production?\n  ENV.fetch("A")\nend', ["A"]],
  ['unless Rails.env.development? || Rails.env.test?\n  ENV.fetch("A")\nend', ["A"]],
  ['if Rails.env.development? || Rails.env.test?\n  b\nelse\n  ENV.fetch("A")\nend', ["A"]],
  ['Rails.application.configure do\n  config.a = ENV.fetch("A")\nend', ["A"]],
])("%j stops without its variables", (text, names) => {
  expect(variablesWithoutDefault(text)).toEqual(names);
});

test.each([
  ['ENV["A"]'],
  ['ENV.fetch("A", nil)'],
  ['ENV.fetch("A") { 1 }'],
  ['ENV.fetch("A") do'],
  ['# ENV.fetch("A")'],
  ['key = ENV.fetch("A") if Rails.env.staging?'],
  ['return if ENV["B"].blank?\nENV.fetch("A")'],
  ['if Rails.env.production?\n  b\nelse\n  ENV.fetch("A")\nend'],
  ['if Rails.env.test?\n  ENV.fetch("A")\nend'],
  ['unless Rails.env.production?\n  ENV.fetch("A")\nend'],
  ['if ENV["A"]\n  ENV.fetch("A")\nend'],
  ['if ENV.key?("A")\n  ENV.fetch("A")\nend'],
  ["ENV.fetch(name)"],
  ['if feature\n\n  x = [\n    ENV.fetch("A")\n  ]\nend'],
  ['  unless a\n    b\n  else\n    ENV.fetch("A")\n  end'],
  ['begin\n  ENV.fetch("A")\nrescue KeyError\nend'],
  ['def a\n  ENV.fetch("A")\nend'],
  ['config.a = ->(b) do\n  ENV.fetch("A")\nend'],
  ['<% if a %>\n  b: <%= ENV.fetch("A") %>\n<% end %>'],
  ['  <% if a %>\n  b: <%= ENV.fetch("A") %>\n  <% end %>'],
  ['if a\n# old\n  b = ENV.fetch("A")\nend'],
  ['x = if a\n  ENV.fetch("A")\nend'],
  ['x ||= begin\n  ENV.fetch("A")\nend'],
  ['task :a do\n  ENV.fetch("A")\nend'],
  ['Sidekiq.configure_server do |config|\n  ENV.fetch("A")\nend'],
  ['a = -> { ENV.fetch("A") }'],
  ['a &&\n  ENV.fetch("A")'],
])("%j does not", (text) => {
  expect(variablesWithoutDefault(text)).toEqual([]);
});

test.each(["\n", " ", "->{", "if a\n", "ENV.fetch("])(
  "takes twice the time for twice as many %j",
  (part) => {
    const many = (size: number) => part.repeat(size / part.length);
    expect(growthOf(variablesWithoutDefault, many)).toBeLessThan(3);
    expect(growthOf(variablesAssigned, many)).toBeLessThan(3);
  },
);

test("a file for dotenv sets variables", () => {
  const text = "A=1\nexport B = 2\n  C: 3\n# D=4\nlower=5\nE\n";
  expect(variablesAssigned(text)).toEqual(["A", "B", "C"]);
});
