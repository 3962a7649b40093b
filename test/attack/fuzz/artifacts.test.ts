import { test } from "vitest";
import { parseInventoryFile } from "../../../src/artifacts/inventory-file.ts";
import { needsOf } from "../../../src/system/elf/elf-needs.ts";
import { fuzz, texts, timeout, tomlTokens } from "../../support/fuzz/fuzz.ts";
import { sharedLibrary } from "../../support/fuzz/shared-library.ts";

test("inventory", { timeout }, async () => {
  const seeds = texts(
    `[[artifacts]]\nname = "ruby"\nversion = "3.4.4"\nkind = "prebuilt"\nurl = "https://x/y.tgz"\nsha256 = "${"0".repeat(64)}"\nos = "linux"\narch = "amd64"\n`,
    '[[artifacts]]\nname = "ruby"\nversion = "3.4.4"\nkind = "source"\nurl = "y.tgz"\nstrip-components = 1\n',
  );
  await fuzz(seeds, [...tomlTokens, "http://", "file://host/"], (input) =>
    parseInventoryFile(input.toString(), "inventory"),
  );
});

test("ELF", { timeout }, async () => {
  const library = sharedLibrary();
  await fuzz(
    [library, library.subarray(0, 64)],
    ["\x7fELF", "\xff\xff\xff\xff\xff\xff\xff\xff"],
    async (input) => await needsOf(inMemory(input)),
  );
});

/** Bytes that are read as an open file is. */
function inMemory(bytes: Buffer): Parameters<typeof needsOf>[0] {
  return {
    stat: async () => ({ size: bytes.length }),
    read: async (buffer, offset, length, position) => {
      const bytesRead = bytes.copy(buffer, offset, position, position + length);
      return { buffer, bytesRead };
    },
  };
}
