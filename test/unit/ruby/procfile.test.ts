import { describe, expect, test } from "vitest";
import { parseProcfile, takesArguments } from "../../../src/ruby/procfile.ts";

describe("parseProcfile", () => {
  test("reads a process from each line, whatever the line ends and the space around", () => {
    const text =
      "\uFEFFweb: bundle exec puma -C config/puma.rb\r\n\r\n# jobs\r\n  worker:bin/jobs  \r\n";
    expect(parseProcfile(text)).toEqual({
      entries: [
        { type: "web", line: "bundle exec puma -C config/puma.rb" },
        { type: "worker", line: "bin/jobs" },
      ],
      ignored: [],
    });
  });

  test("keeps colons and `#` of a command", () => {
    const { entries } = parseProcfile("web: puma --bind tcp://[::]:$PORT # all");
    expect(entries).toEqual([{ type: "web", line: "puma --bind tcp://[::]:$PORT # all" }]);
  });

  test("says of each line that makes no process why", () => {
    const { entries, ignored } = parseProcfile("web bundle exec puma\nw*b: puma\nweb:\n");
    expect(entries).toEqual([]);
    expect(ignored).toEqual([
      { line: 1, why: "a line is `TYPE: COMMAND`, and this one names no type" },
      { line: 2, why: "`w*b` is no process type: letters, digits, `.`, `_` and `-`" },
      { line: 3, why: "there is no command behind `web:`" },
    ]);
  });

  test("takes the later of two lines of a type, and says so", () => {
    const { entries, ignored } = parseProcfile("web: one\nweb: two\n");
    expect(entries).toEqual([{ type: "web", line: "two" }]);
    expect(ignored).toEqual([{ line: 1, why: "line 2 is of the same type" }]);
  });
});

describe("takesArguments", () => {
  test.each(["puma", "a && b", "a | b", "puma -w $(nproc)", "echo $(a $(b))", "X=1 puma > log"])(
    "arguments append to `%s`",
    (line) => expect(takesArguments(line)).toBe(true),
  );

  test.each([
    "(cd app && puma)",
    "a && (b $(c))",
    "{ a; b; }",
    "if a; then b; fi",
    "for x in 1 2; do a; done",
    "a &",
    'exec a "$@"',
    'exec a "${@:2}"',
  ])("nothing can stand behind `%s`", (line) => expect(takesArguments(line)).toBe(false));
});
