import { describe, expect, test } from "vitest";
import { parseGemfileLock } from "../../../../src/ruby/lockfile/gemfile-lock.ts";
import { parseChecksum } from "../../../../src/ruby/lockfile/checksum.ts";

const hex = "27337aeabad6ffae05c265c450490628ef3ebd4b67be58257393227588f5a97b";

describe("a checksum", () => {
  test.each([
    `sha256=${hex}`,
    "sha256=JzN66rrW/64FwmXEUEkGKO8+vUtnvlglc5MidYj1qXs=",
    "sha256=JzN66rrW_64FwmXEUEkGKO8-vUtnvlglc5MidYj1qXs=",
  ])("%s is SHA-256 in hex", (entry) => {
    expect(parseChecksum(entry)).toEqual({ algorithm: "sha256", digest: hex });
  });

  test.each(["sha256", "sha256=", `sha256=${hex.slice(1)}`, "sha256=JzN66rrW/64F"])(
    "%s is refused",
    (entry) => {
      expect(parseChecksum(entry)).toBeUndefined();
    },
  );

  test("of another algorithm is kept as it stands", () => {
    expect(parseChecksum("md5=x=y")).toEqual({ algorithm: "md5", digest: "x=y" });
  });
});

describe("the section CHECKSUMS", () => {
  test("holds the checksums of locked gems and of Bundler, and names any other", () => {
    const parsed = parseGemfileLock(
      lockfile(`  rack (3.0)`, `  bundler (4.0.24) sha256=${hex}`, `  rake (13.0) md5=1`),
    );
    expect(parsed).toMatchObject({
      lockfile: {
        checksums: [
          { name: "rack", version: "3.0", platform: "ruby", digests: [] },
          { name: "bundler", version: "4.0.24", digests: [{ algorithm: "sha256", digest: hex }] },
        ],
      },
      ignored: [{ line: 9, text: "  rake (13.0) md5=1", why: "no such gem is locked" }],
    });
  });

  test("that contradicts itself is refused", () => {
    const parsed = parseGemfileLock(lockfile("  rack (3.0) md5=1", "  rack (3.0) md5=2"));
    expect(parsed).toMatchObject({ kind: "refused", reason: "malformed", line: 8 });
  });
});

function lockfile(...checksums: string[]): string {
  const gems = ["GEM", "  remote: https://gems.example.com/", "  specs:", "    rack (3.0)", ""];
  return [...gems, "CHECKSUMS", ...checksums, ""].join("\n");
}
