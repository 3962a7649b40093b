import { expect, test } from "vitest";
import { takesArguments } from "../../../../src/ruby/processes/takes-arguments.ts";

test.each([
  "puma",
  "a && b",
  "a | b",
  "puma -w $(nproc)",
  "echo $(a $(b))",
  "X=1 puma > log",
  "a $(b) > log",
  "a > >(b)",
])("arguments can be appended to `%s`", (line) => expect(takesArguments(line)).toBe(true));

test.each([
  "(cd app && puma)",
  "a && (b $(c))",
  "{ a; b; }",
  "{ a; b; } 2>&1",
  "(a; b) >> 'the log'",
  "while true; do a; done > log 2> errors",
  "if a; then b; fi",
  "for x in 1 2; do a; done",
  "a &",
  'exec a "$@"',
  'exec a "${@:2}"',
])("arguments cannot be appended to `%s`", (line) => expect(takesArguments(line)).toBe(false));
