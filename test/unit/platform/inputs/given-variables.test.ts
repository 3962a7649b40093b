import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readGivenVariables } from "../../../../src/platform/inputs/given-variables.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

describe("readGivenVariables", () => {
  test("keeps values byte for byte, with equals signs, spaces and line breaks", async () => {
    const env = ["A=b=c", "B= x ", "C=one\ntwo", "D="];
    expect(await readGivenVariables({ env, envFiles: [] }, {})).toEqual({
      A: "b=c",
      B: " x ",
      C: "one\ntwo",
      D: "",
    });
  });

  test("reads the value for a name without one from our own environment", async () => {
    const given = { env: ["TOKEN", "ABSENT"], envFiles: [] };
    expect(await readGivenVariables(given, { TOKEN: "t" })).toEqual({ TOKEN: "t", ABSENT: "" });
  });

  test("reads files line by line, and options win over files", async () => {
    const root = await makeTree({ one: "# comment\n\nA=1\r\nB='1'\n", two: "B=2\nC=2" });
    const envFiles = [join(root, "one"), join(root, "two")];
    expect(await readGivenVariables({ env: ["C=3"], envFiles }, {})).toEqual({
      A: "1",
      B: "2",
      C: "3",
    });
  });

  test("refuses a missing file, and a value without a name", async () => {
    const missing = readGivenVariables({ env: [], envFiles: ["/no/such/file"] }, {});
    expect(await failureOf(missing)).toMatchObject({ code: "platform/usage" });
    const nameless = readGivenVariables({ env: ["=x"], envFiles: [] }, {});
    expect(await failureOf(nameless)).toMatchObject({ code: "platform/usage" });
  });
});
