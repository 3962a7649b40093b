import { describe, expect, test } from "vitest";
import {
  gemsToDownload,
  type GemsToDownloadRequest,
} from "../../../../../src/buildpack/gems/download/gems-to-download.ts";
import { parseGemfileLock } from "../../../../../src/ruby/lockfile/parse-gemfile-lock.ts";
import { fullName } from "../../../../../src/ruby/lockfile/state.ts";

const remote = "https://gems.example.com/";
const sha256 = "a".repeat(64);

describe("the gems to download", () => {
  test("are those that are not installed, not left out, and not the app's own", () => {
    const text = lockfile(["debug (1.0)", "puma (8.0.2)", "rack (3.1.8)"], {
      before: "PATH\n  remote: engines/own\n  specs:\n    own (0.1.0)\n\n",
    });
    const found = choose(text, { installed: ["rack-3.1.8"], leftOut: new Set(["debug"]) });
    expect(found).toEqual([
      { name: "puma", version: "8.0.2", remote, variants: [{ platform: "ruby", sha256 }] },
    ]);
  });

  test("are the variants for this machine, or else the one for any machine", () => {
    const text = lockfile([
      "ffi (1.17.2)",
      "ffi (1.17.2-arm64-darwin)",
      "nokogiri (1.19.7)",
      "nokogiri (1.19.7-aarch64-linux-gnu)",
      "nokogiri (1.19.7-x86_64-linux-gnu)",
      "nokogiri (1.19.7-x86_64-linux-musl)",
    ]);
    expect(namesOf(choose(text))).toEqual(["ffi-1.17.2", "nokogiri-1.19.7-x86_64-linux-gnu"]);
    expect(namesOf(choose(text, { platform: "aarch64-linux" }))).toEqual([
      "ffi-1.17.2",
      "nokogiri-1.19.7-aarch64-linux-gnu",
    ]);
  });

  test("have a variant that Bundler chooses, if the lockfile is for any platform", () => {
    const text = lockfile(["nokogiri (1.19.7)"], { platforms: ["ruby"] });
    expect(choose(text)).toEqual([
      { name: "nokogiri", version: "1.19.7", remote, variants: undefined },
    ]);
    expect(choose(text, { platform: "java" })).toMatchObject([{ variants: undefined }]);
  });

  test("have a variant that Bundler before 2.2 chooses, whatever the lockfile is for", () => {
    const text = lockfile(["nokogiri (1.13.0)"]);
    const found = (bundlerVersion: string) => choose(text, { bundlerVersion });
    expect(found("2.1.4")).toMatchObject([{ name: "nokogiri", variants: undefined }]);
    expect(found("2.2.0")).toMatchObject([{ name: "nokogiri", variants: [{ platform: "ruby" }] }]);
  });

  test("leave out what has no variant for this machine", () => {
    expect(choose(lockfile(["wdm (0.2.0-x64-mingw-ucrt)"]))).toEqual([]);
  });

  test("do not need a checksum in the lockfile", () => {
    const text = lockfile(["rack (3.1.8)"], { checksums: false });
    expect(choose(text)).toMatchObject([{ variants: [{ platform: "ruby", sha256: undefined }] }]);
  });
});

describe("nothing is downloaded", () => {
  const git = `GIT
  remote: https://git.example.com/shop.git
  revision: 0123456789abcdef0123456789abcdef01234567
  specs:
    shop (1.0)

`;

  test("if a gem comes from git and is not checked out", () => {
    const text = lockfile(["rack (3.1.8)"], { before: git });
    expect(choose(text)).toBeUndefined();
    expect(namesOf(choose(text, { checkedOut: true }))).toEqual(["rack-3.1.8"]);
    expect(namesOf(choose(text, { leftOut: new Set(["shop"]) }))).toEqual(["rack-3.1.8"]);
  });

  test("if a gem may come from several servers, unless it is installed", () => {
    const text = lockfile(["rack (3.1.8)"]).replace(
      `  remote: ${remote}\n`,
      `  remote: ${remote}\n  remote: https://other.example.com/\n`,
    );
    expect(choose(text)).toBeUndefined();
    expect(choose(text, { installed: ["rack-3.1.8"] })).toEqual([]);
  });

  test("if a plugin brings a gem", () => {
    const before =
      "PLUGIN SOURCE\n  remote: https://svn.example.com\n  type: svn\n  specs:\n    own (1.0)\n\n";
    expect(choose(lockfile(["rack (3.1.8)"], { before }))).toBeUndefined();
  });

  test.each(["../../evil (1.0)", ".hidden (1.0)", "a/b (1.0)"])("for the name in `%s`", (line) => {
    expect(choose(lockfile([line], { checksums: false }))).toBeUndefined();
  });
});

function lockfile(
  gems: readonly string[],
  { before = "", platforms = ["x86_64-linux", "aarch64-linux"], checksums = true } = {},
): string {
  const lines = (texts: readonly string[], end = "") =>
    texts.map((text) => `  ${text}${end}\n`).join("");
  const sums = checksums ? `CHECKSUMS\n${lines(gems, ` sha256=${sha256}`)}\n` : "";
  const specs = gems.map((gem) => `    ${gem}\n`).join("");
  return `${before}GEM\n  remote: ${remote}\n  specs:\n${specs}\nPLATFORMS\n${lines(platforms)}\nDEPENDENCIES\n\n${sums}`;
}

function choose(
  text: string,
  options: Partial<Pick<GemsToDownloadRequest, "platform" | "leftOut" | "bundlerVersion">> & {
    installed?: readonly string[];
    checkedOut?: boolean;
  } = {},
) {
  const parsed = parseGemfileLock(text);
  if (parsed.kind !== "lockfile") return expect.fail(parsed.problem);
  const { installed = [], checkedOut = false, ...rest } = options;
  return gemsToDownload({
    locked: parsed.lockfile,
    platform: "x86_64-linux",
    leftOut: new Set(),
    bundlerVersion: "2.6.0",
    isInstalled: (gem) => installed.includes(fullName(gem)),
    isCheckedOut: () => checkedOut,
    ...rest,
  });
}

function namesOf(gems: ReturnType<typeof gemsToDownload>): string[] | undefined {
  return gems?.flatMap(({ name, version, variants = [] }) =>
    variants.map(({ platform }) => fullName({ name, version, platform })),
  );
}
