import { describe, expect, test } from "vitest";
import { findBinstubFault } from "../../../src/ruby/binstub.ts";

describe("findBinstubFault", () => {
  test.each([
    ["the usual line", "#!/usr/bin/env ruby\nputs 1\n"],
    ["a warning flag before it", "#!/usr/bin/env -S ruby -w\n"],
    ["a shell script", "#!/bin/sh\nexec ruby x\n"],
    ["no shebang at all", "puts 1\n"],
  ])("accepts %s", (_, script) => {
    expect(findBinstubFault(script)).toBeUndefined();
  });

  test("finds Windows line endings", () => {
    expect(findBinstubFault("#!/usr/bin/env ruby\r\nputs 1\r\n")).toEqual({
      fault: "windows-line-ends",
    });
  });

  test.each([
    "/usr/bin/env ruby2.7",
    "/Users/me/.rbenv/versions/3.3.8/bin/ruby",
    "/usr/bin/ruby3.1",
  ])("finds an interpreter of another machine: %s", (shebang) => {
    expect(findBinstubFault(`#!${shebang}\n`)).toEqual({
      fault: "names-an-interpreter",
      shebang: `#!${shebang}`,
    });
  });
});
