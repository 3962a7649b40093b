import { expect, test } from "vitest";
import { parseProcfile } from "../../src/procfile.ts";

test("each line is a process, whatever the line endings and the spaces around it", () => {
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

test("a command may contain colons and `#`", () => {
  const { entries } = parseProcfile("web: puma --bind tcp://[::]:$PORT # all");
  expect(entries).toEqual([{ type: "web", line: "puma --bind tcp://[::]:$PORT # all" }]);
});

test("a line that defines no process is ignored, with the reason", () => {
  const { entries, ignored } = parseProcfile("web bundle exec puma\nw*b: puma\nweb:\n");
  expect(entries).toEqual([]);
  expect(ignored).toEqual([
    { line: 1, why: "expected `TYPE: COMMAND`" },
    { line: 2, why: "`w*b` is not a process type: use letters, digits, `.`, `_` and `-`" },
    { line: 3, why: "`web:` has no command" },
  ]);
});

test("the later of two lines with the same type counts", () => {
  const { entries, ignored } = parseProcfile("web: one\nweb: two\n");
  expect(entries).toEqual([{ type: "web", line: "two" }]);
  expect(ignored).toEqual([{ line: 1, why: "line 2 has the same process type" }]);
});
