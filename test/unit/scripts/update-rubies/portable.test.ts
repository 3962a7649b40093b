import { createHash } from "node:crypto";
import { cp, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readOwnInventory } from "../../../../src/artifacts/inventory.ts";
import { resolveArtifact } from "../../../../src/artifacts/resolve-artifact.ts";
import { download, headersFor } from "../../../../scripts/update-rubies/download.ts";
import {
  type PortableRelease,
  readPortableRelease,
} from "../../../../scripts/update-rubies/portable-release.ts";
import { updateRubies } from "../../../../scripts/update-rubies/update.ts";
import { give, startServer, status } from "../../../support/servers/loopback-server.ts";
import { makeTree } from "../../../support/tree.ts";

// The form is that of GitHub's API; the files are those that a release has, for three versions and some that are ignored.
const recorded = join(import.meta.dirname, "portable-release");
const listing = await readFile(join(recorded, "release.json"), "utf8");
const sums = await readFile(join(recorded, "SHA256SUMS"), "utf8");

const files = "https://github.com/spinel-coop/rv-ruby/releases/download/20260723";
const digestOf = (name: string) => createHash("sha256").update(name).digest("hex");

/** Reads a release from a server that gives a listing and the checksums. */
async function read(
  change: (text: string) => string = (text) => text,
  checksums = sums,
): Promise<PortableRelease> {
  const sumsServer = await startServer(give(checksums));
  const own = change(listing).replace(`${files}/SHA256SUMS`, `${sumsServer.url}/SHA256SUMS`);
  const server = await startServer(give(own));
  return await readPortableRelease(`${server.url}/releases/latest`, download);
}

describe("a release of portable Rubies", () => {
  test("has the Rubies for Linux with glibc, with their checksums", async () => {
    const { tag, rubies } = await read();
    expect(tag).toBe("20260723");
    expect(rubies.map(({ version, arch }) => `${version} ${arch}`)).toEqual([
      ...["3.4.10 amd64", "3.4.10 arm64", "4.0.6 amd64", "4.0.6 arm64"],
      ...["4.0.0.preview3 amd64", "4.0.0.preview3 arm64", "9.9.9 amd64"],
    ]);
    const name = "ruby-3.4.10.arm64_linux.tar.gz";
    const entry = { url: `${files}/${name}`, sha256: digestOf(name) };
    expect(rubies[1]).toEqual({ version: "3.4.10", arch: "arm64", ...entry });
  });

  const changed = (name: string) => sums.replace(digestOf(name), "0".repeat(64));
  test.for<[why: string, change: (text: string) => string, checksums: string, message: RegExp]>([
    [
      "that is not finished",
      (text) => text.replace('"prerelease": false', '"prerelease": true'),
      sums,
      /Release 20260723 is not finished/,
    ],
    [
      "without checksums",
      (text) => text.replace('"SHA256SUMS"', '"README"'),
      sums,
      /no file SHA256SUMS/,
    ],
    [
      "with an archive that has no checksum",
      (text) => text,
      sums.replace(/^.*ruby-4\.0\.6\.x86_64_linux\.tar\.gz\n/m, ""),
      /SHA256SUMS has no checksum of ruby-4\.0\.6\.x86_64_linux\.tar\.gz/,
    ],
    [
      "with an archive that has two checksums",
      (text) => text,
      changed("ruby-4.0.6.x86_64_linux.tar.gz"),
      /GitHub says that ruby-4\.0\.6\.x86_64_linux\.tar\.gz has sha256:/,
    ],
    [
      "with a URL that will have other content",
      (text) => text.replace(`${files}/ruby-4.0.6.x`, `${files}/../latest/ruby-4.0.6.x`),
      sums,
      /is not the URL of ruby-4\.0\.6\.x86_64_linux\.tar\.gz in release 20260723/,
    ],
    [
      "with a URL that is not https:",
      (text) => text.replace(`${files}/ruby-4.0.6.x`, `${files.replace("s", "")}/ruby-4.0.6.x`),
      sums,
      /is not the URL of/,
    ],
    ["of another form", () => '{"message": "Not Found"}', sums, /not a release as GitHub lists it/],
    ["that is not JSON", () => "<html>", sums, /not a release as GitHub lists it/],
  ])("%s is refused", async ([, change, checksums, message]) => {
    await expect(read(change, checksums)).rejects.toThrow(message);
  });

  test("has its checksums from https: if the release has", async () => {
    const get = async () =>
      await Promise.resolve(listing.replace(`${files}/SHA`, `${files.replace("s", "")}/SHA`));
    await expect(readPortableRelease("https://api.github.com/x", get)).rejects.toThrow(
      "is not an https: URL",
    );
  });

  test("that cannot be downloaded is an error with its URL", async () => {
    const { url } = await startServer(status(503));
    await expect(download(`${url}/latest`)).rejects.toThrow(
      `${url}/latest: the server answers with 503`,
    );
    await expect(download("latest")).rejects.toThrow("latest is not a URL");
  });

  test("is asked for with the name of a program, and the token goes to GitHub's API only", async () => {
    const { url, requests } = await startServer((request, response) => {
      response.end(request.headers["user-agent"]);
    });
    expect(await download(`${url}/latest`)).toBe("lapidary");
    expect(requests).toEqual(["/latest"]);
    const authorization = (address: string, token = "secret") =>
      headersFor(new URL(address), token)["authorization"];
    expect(authorization("https://api.github.com/repos")).toBe("Bearer secret");
    expect(authorization("https://api.github.com/repos", "")).toBeUndefined();
    expect(authorization("https://github.com/spinel-coop")).toBeUndefined();
    expect(authorization("http://api.github.com/repos")).toBeUndefined();
  });
});

describe("npm run update-rubies -- --portable", () => {
  const checkout = resolve(import.meta.dirname, "../../../..");

  async function makeCopy(): Promise<string> {
    const copy = await makeTree({
      "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n",
      "buildpack.toml": '[metadata.default-versions]\nruby = "3.4.10"\nbundler = "2.7.2"\n',
      "docs/ruby-versions.md": "",
    });
    await cp(join(checkout, "inventory"), join(copy, "inventory"), { recursive: true });
    await cp(join(recorded, "empty.toml"), join(copy, "inventory/ruby-portable.toml"));
    return copy;
  }

  const update = async (copy: string, portable: PortableRelease) =>
    await updateRubies({
      checkout: copy,
      index: { releases: [], branches: [] },
      defaultRuby: undefined,
      prebuilt: false,
      portable,
      today: "2026-08-07",
    });

  test("writes entries that a build uses where the C library is new enough", async () => {
    const copy = await makeCopy();
    expect(await update(copy, await read())).toEqual([
      "The portable Rubies are those of release 20260723 of rv-ruby.",
    ]);
    const inventory = await readOwnInventory(copy);
    const target = { os: "linux", arch: "arm64", distro: { name: "debian", version: "13" } };
    const wanted = { name: "ruby", version: "4.0.6", source: "Gemfile.lock" };
    const name = "ruby-4.0.6.arm64_linux.tar.gz";
    const forGlibc = (glibc: string) =>
      resolveArtifact(inventory, { ...wanted, target: { ...target, glibc } });
    expect(forGlibc("2.41")).toMatchObject({
      kind: "portable",
      url: `${files}/${name}`,
      sha256: digestOf(name),
      stripComponents: 2,
    });
    expect(forGlibc("2.38").kind).toBe("source");
    expect(await readFile(join(copy, "CHANGELOG.md"), "utf8")).toContain(
      "- The portable Rubies are those of release 20260723 of rv-ruby.\n",
    );
  });

  test("keeps the head of the file, and leaves out versions whose source is not known", async () => {
    const copy = await makeCopy();
    await update(copy, await read());
    const text = await readFile(join(copy, "inventory/ruby-portable.toml"), "utf8");
    expect(text).toMatch(/^# Rubies of another project\.\n\n\[\[artifacts\]\]\nname = "ruby"\n/);
    expect(text.match(/^version = .*/gm)).toEqual([
      ...['version = "4.0.6"', 'version = "4.0.6"'],
      ...['version = "4.0.0.preview3"', 'version = "4.0.0.preview3"'],
      ...['version = "3.4.10"', 'version = "3.4.10"'],
    ]);
  });

  test("changes nothing when it is run again", async () => {
    const copy = await makeCopy();
    await update(copy, await read());
    const text = await readFile(join(copy, "inventory/ruby-portable.toml"), "utf8");
    expect(await update(copy, await read())).toEqual([]);
    expect(await readFile(join(copy, "inventory/ruby-portable.toml"), "utf8")).toBe(text);
  });

  test("replaces the Rubies of an older release, and keeps those that the new one lacks", async () => {
    const copy = await makeCopy();
    const older = await read();
    await update(copy, older);
    const rubies = older.rubies
      .filter(({ version }) => version !== "3.4.10")
      .map((one) => ({ ...one, url: one.url.replace("20260723", "20260801") }));
    await update(copy, { tag: "20260801", rubies });
    const portable = (await readOwnInventory(copy)).filter(({ kind }) => kind === "portable");
    expect(portable.map(({ version, url }) => [version, url.split("/").at(-2)])).toEqual([
      ...[1, 2].map(() => ["4.0.6", "20260801"]),
      ...[1, 2].map(() => ["4.0.0.preview3", "20260801"]),
      ...[1, 2].map(() => ["3.4.10", "20260723"]),
    ]);
  });

  test("refuses another checksum for a URL that is known", async () => {
    const copy = await makeCopy();
    const release = await read();
    await update(copy, release);
    const [first, ...others] = release.rubies;
    const rubies = first ? [{ ...first, sha256: "0".repeat(64) }, ...others] : [];
    await expect(update(copy, { ...release, rubies })).rejects.toThrow(
      /The checksum of .* changed/,
    );
  });
});
