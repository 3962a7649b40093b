import { expect, test } from "vitest";
import { jrubySeriesOf } from "../../../../src/ruby/versions/jruby-series.ts";

// From the releases that the JRuby project announces.
test.each([
  ["9.3.15.0", "2.6", 8],
  ["9.4.15.0", "3.1", 8],
  ["9.4", "3.1", 8],
  ["10.0.6.0", "3.4", 21],
  ["10.1.0.0", "4.0", 21],
])("JRuby %s is compatible with Ruby %s and runs on Java %d", (version, ruby, java) => {
  expect(jrubySeriesOf(version)).toMatchObject({ ruby, java });
});

test.each(["9.40.1.0", "10", "11.0.0.0", ""])("nothing is known of %j", (version) => {
  expect(jrubySeriesOf(version)).toBeUndefined();
});
