import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readDebianArchive } from "../../../../scripts/debian/archive.ts";
import { Unavailable } from "../../../../scripts/unavailable.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "apt-"));
  await write("etc/os-release", 'ID=debian\nVERSION_CODENAME=bookworm\nVERSION_ID="12"\n');
});

afterEach(async () => await rm(root, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

describe("the machine's own archive of Debian", () => {
  test("is found in a stanza, past comments and other archives", async () => {
    await write(
      "etc/apt/sources.list.d/debian.sources",
      [
        "Types: deb",
        "# http://example.org/snapshot",
        "URIs: http://deb.example.org/debian",
        "Suites: bookworm bookworm-updates",
        "Components: main",
        "Signed-By: /usr/share/keyrings/debian.gpg",
        "",
        "Types: deb",
        "URIs: http://deb.example.org/debian-security",
        "Suites: bookworm-security",
        "Components: main",
      ].join("\n"),
    );
    await write(
      "etc/apt/sources.list.d/a.list",
      "deb https://packages.example.org bookworm stable",
    );
    expect(await readDebianArchive(root)).toEqual({
      uris: ["http://deb.example.org/debian"],
      signedBy: "/usr/share/keyrings/debian.gpg",
      codename: "bookworm",
    });
  });

  test("is found in a line, with its options", async () => {
    await write(
      "etc/apt/sources.list",
      [
        "# deb http://old.example.org/debian bookworm main",
        "deb [arch=amd64 signed-by=/usr/share/keyrings/d.gpg] https://deb.example.org/debian bookworm main contrib # ours",
      ].join("\n"),
    );
    expect(await readDebianArchive(root)).toEqual({
      uris: ["https://deb.example.org/debian"],
      signedBy: "/usr/share/keyrings/d.gpg",
      codename: "bookworm",
    });
  });

  test("keeps a key that stands in the stanza itself", async () => {
    const stanza = [
      "Types: deb",
      "URIs: http://deb.example.org/debian",
      "Suites: bookworm",
      "Components: main",
      "Signed-By:",
      " -----BEGIN PGP PUBLIC KEY BLOCK-----",
      " .",
      " abc",
    ];
    await write("etc/apt/sources.list.d/debian.sources", stanza.join("\n"));
    expect((await readDebianArchive(root)).signedBy).toBe(
      "-----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc",
    );
  });

  test("is not one that is switched off or offers sources alone", async () => {
    await write(
      "etc/apt/sources.list.d/off.sources",
      "Enabled: no\nTypes: deb\nURIs: http://a\nSuites: bookworm\nComponents: main\n",
    );
    await write("etc/apt/sources.list", "deb-src http://deb.example.org/debian bookworm main\n");
    await expect(readDebianArchive(root)).rejects.toThrow(Unavailable);
  });

  test("cannot be had on another distribution", async () => {
    await write("etc/os-release", "ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n");
    await expect(readDebianArchive(root)).rejects.toThrow("this machine does not run Debian");
  });
});
