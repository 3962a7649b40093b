import { expect, test } from "vitest";
import { growthOf } from "../../../support/fuzz/growth.ts";
import { appProgram } from "../../../../src/ruby/processes/app-program.ts";

test.each([
  ["bin/puma -C config/puma.rb", "bin/puma"],
  ["RUBY_YJIT_ENABLE=1 exec bin/puma", "bin/puma"],
  ["TITLE='a b' ./server.sh; echo ended", "./server.sh"],
  [".heroku/run", ".heroku/run"],
  ["./bin/work&", "./bin/work"],
])("%s starts a program of the app", (line, program) => {
  expect(appProgram(line)).toBe(program);
});

test.each([
  ["bundle exec bin/puma"],
  ["/usr/bin/env ruby"],
  ["cd web && bin/puma"],
  ["../bin/puma"],
  ["bin/../../puma"],
  ["bin/$NAME"],
  ["'bin/with space'"],
  ["bin/'with space'"],
  ["$HOME/bin/puma"],
  ["(bin/puma)"],
  [""],
])("%s: unknown, or not of the app", (line) => {
  expect(appProgram(line)).toBeUndefined();
});

test.each(["A=b ", "A=", "exec ", "bin/", "a.", " ", "'"])(
  "takes twice the time for twice as many %j",
  (part) => {
    const many = (size: number) => part.repeat(size / part.length);
    expect(growthOf(appProgram, many)).toBeLessThan(3);
  },
);
