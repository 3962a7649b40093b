import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import {
  bytesOfText,
  hasStrayBytes,
  printfText,
  textOfBytes,
} from "../../../../src/system/environment/byte-text.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("textOfBytes", () => {
  test.each([
    ["ASCII", "41 0a", "A\n"],
    ["characters of two to four bytes", "c3 a9 e2 82 ac f0 9f 98 80", "é€😀"],
    [
      "a byte order mark, and the sign for what could not be read",
      "ef bb bf ef bf bd",
      "\ufeff\ufffd",
    ],
  ])("reads %s as they are", (_, bytes, text) => {
    expect(textOfBytes(hex(bytes))).toBe(text);
    expect(hasStrayBytes(text)).toBe(false);
    expect(bytesOfText(text)).toEqual(hex(bytes));
  });

  test.each([
    ["no beginning of a character", "80 bf ff fe"],
    ["a character that ends early", "41 e2 82 41 f0 9f 98"],
    ["overlong forms", "c0 80 c1 bf e0 80 80 f0 80 80 80"],
    ["surrogates in UTF-8", "ed a0 80 ed bf bf ed b2 80"],
    ["numbers that are too large", "f4 90 80 80 f5 80 80 80"],
    ["ISO 8859-1 between characters", "c3 a9 e9 f0 9f 98 80 e9 41"],
    ["all bytes", Buffer.from(Array.from({ length: 255 }, (_, byte) => byte + 1)).toString("hex")],
  ])("keeps the bytes of %s", (_, bytes) => {
    const text = textOfBytes(hex(bytes));
    expect(hasStrayBytes(text)).toBe(true);
    expect(bytesOfText(text).toString("hex")).toBe(bytes.replaceAll(" ", ""));
    const printed = execFileSync("/bin/sh", ["-c", `printf %b "$1"`, "sh", printfText(text)]);
    expect(printed.toString("hex")).toBe(bytes.replaceAll(" ", ""));
  });

  test("keeps backslashes and per cent signs of a text for `printf`", () => {
    const text = textOfBytes(Buffer.from("\\n\\\\0101%s\xff", "latin1"));
    const printed = execFileSync("/bin/sh", ["-c", `printf %b "$1"`, "sh", printfText(text)]);
    expect(printed.toString("latin1")).toBe("\\n\\\\0101%s\xff");
  });
});
