import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { replaceBash } from "../../../../src/ruby/processes/replace-bash.ts";

describe("replaceBash", () => {
  test.each([
    ["bin/serve >> log/x.log 2>&1", "exec bin/serve >> log/x.log 2>&1"],
    ["cd web && A='a b' bin/serve 2>/dev/null", "cd web && A='a b' exec bin/serve 2>/dev/null"],
    ["bundle exec puma -C config/puma.rb", "bundle exec puma -C config/puma.rb"],
    ["exec bin/serve > x", "exec bin/serve > x"],
    ["echo started > x", "echo started > x"],
    ["bin/serve --title 'a > b | c & d'", "bin/serve --title 'a > b | c & d'"],
    ["bin/serve > >(tee x)", "bin/serve > >(tee x)"],
    ["command bin/serve > x", "command bin/serve > x"],
    ["bin/serve $(nproc) &> x", "bin/serve $(nproc) &> x"],
  ])("%s", (line, expected) => {
    expect(replaceBash(line)).toEqual({ line: expected });
  });

  test.each([
    ["bin/serve | tee x", "its line has a pipe"],
    ["bin/serve 2>&1 | tee x", "its line has a pipe"],
    ["bin/a & bin/b", "its line has a command in the background"],
    ["if true; then bin/serve; fi", "its line ends with a compound command"],
    ["(bin/serve)", "its line ends with a compound command"],
    ["while true; do bin/work; done >> log", "its line ends with a compound command"],
    ["if true; then bin/serve; fi 2>&1", "its line ends with a compound command"],
    ["{ bin/a; bin/b; } > x 2>&1", "its line ends with a compound command"],
    ["(bin/a; bin/b) < x", "its line ends with a compound command"],
  ])("says why bash stays: %s", (line, stays) => {
    expect(replaceBash(line)).toEqual({ line, stays });
  });

  test("is right about what bash does", () => {
    // A program that prints whether its parent is the test: then bash has replaced itself with it.
    const program = `sh -c 'echo $PPID'`;
    const parentOf = (line: string) =>
      spawnSync("bash", ["-c", line], { encoding: "utf8" }).stdout.trim();
    const own = String(process.pid);
    expect(parentOf(`${program} 2>/dev/null`)).not.toBe(own);
    expect(parentOf(replaceBash(`${program} 2>/dev/null`).line)).toBe(own);
    expect(parentOf(replaceBash(`true && ${program}`).line)).toBe(own);
    expect(parentOf(replaceBash(`${program} | cat`).line)).not.toBe(own);
  });
});
