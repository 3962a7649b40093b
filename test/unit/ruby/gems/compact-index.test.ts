import { expect, test } from "vitest";
import { parseGemInfo } from "../../../../src/ruby/gems/compact-index.ts";

const [one, two] = ["1".repeat(64), "2".repeat(64)];

test("each version and platform of a gem, with its checksum", () => {
  const text = `---
0.9.0.pre1 
1.18.9 mini_portile2:~> 2.8.2,racc:~> 1.4|checksum:${one},ruby:>= 3.1.0
1.18.9-x86_64-linux-gnu racc:~> 1.4|checksum:${two},ruby:< 3.5.dev&>= 3.1,created_at:2026-01-01T00:00:00Z
`;
  expect(parseGemInfo(text)).toEqual([
    { version: "0.9.0.pre1", platform: "ruby", sha256: undefined },
    { version: "1.18.9", platform: "ruby", sha256: one },
    { version: "1.18.9", platform: "x86_64-linux-gnu", sha256: two },
  ]);
});

test.each([
  ["an empty answer", ""],
  ["a page of a website", "<html>\n<p>Not found</p>\n"],
  ["a line without a version", "---\n|checksum:x\n"],
])("%s has no gems", (_what, text) => {
  expect(parseGemInfo(text)).toEqual([]);
});

test.each([
  ["too short", "checksum:abc"],
  ["not hex", `checksum:${"g".repeat(64)}`],
  ["of another name", `my-checksum:${one}`],
])("a checksum that is %s does not count", (_what, requirement) => {
  expect(parseGemInfo(`1.0 |${requirement}\n`)).toMatchObject([{ sha256: undefined }]);
});
