import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { recordChecksums } from "../../scripts/record-checksums.ts";
import { parseInventoryFile } from "../../src/artifacts/inventory-file.ts";
import { requireChecksums } from "../../src/buildpack/project/require-checksums.ts";
import { parseGemfileLock } from "../../src/ruby/lockfile/parse-gemfile-lock.ts";
import { createFetcher } from "../../src/system/http/fetcher.ts";
import { give, startServer, status } from "../support/servers/loopback-server.ts";

const entry = (url: string, sha256?: string) =>
  `# A comment.\n[[artifacts]]\nname = "ruby"\nversion = "3.4.4"\nkind = "prebuilt"\nurl = "${url}"\n${sha256 ? `sha256 = "${sha256}"\n` : ""}os = "linux"\n`;

describe("the script that records checksums", () => {
  test("records what a mirror gives for artifacts without one, and changes nothing else", async () => {
    const server = await startServer(give("the archive"));
    const fetcher = createFetcher({ env: {} });
    const old = "0".repeat(64);
    const url = "https://upstream.invalid/ruby-3.4.4.tgz";
    const text = entry(url) + entry("https://upstream.invalid/other.tgz", old);
    const env = { BP_DEPENDENCY_MIRROR: server.url };
    const recorded = await recordChecksums(text, env, fetcher);
    const digest = createHash("sha256").update("the archive").digest("hex");
    expect(recorded.text).toBe(
      entry(url, digest) + entry("https://upstream.invalid/other.tgz", old),
    );
    expect(recorded).toMatchObject({ added: [url], failed: [] });
    expect(server.requests).toEqual(["/ruby-3.4.4.tgz"]);
    expect(parseInventoryFile(recorded.text, "x").map(({ sha256 }) => sha256)).toEqual([
      digest,
      old,
    ]);
    const again = await recordChecksums(recorded.text, env, fetcher);
    expect(again).toMatchObject({ text: recorded.text, added: [] });
    await fetcher.close();
  });

  test("records nothing for a file that the server does not have", async () => {
    const server = await startServer(status(404));
    const fetcher = createFetcher({ env: {} });
    const text = entry(`${server.url}/ruby.tgz`);
    const recorded = await recordChecksums(text, {}, fetcher);
    expect(recorded.text).toBe(text);
    expect(recorded.failed).toMatchObject([{ problem: "the server answered with status 404" }]);
    await fetcher.close();
  });
});

describe("BP_REQUIRE_CHECKSUMS refuses a lockfile", () => {
  const sha = `sha256=${"a".repeat(64)}`;
  const gems = "GEM\n  remote: https://x/\n  specs:\n    a (1)\n    b (2-x86_64-linux)\n\n";
  const outcome = (text: string) => {
    const parsed = parseGemfileLock(text);
    if (parsed.kind !== "lockfile") throw new Error(parsed.problem);
    const project = { locked: parsed.lockfile, lockfile: "Gemfile.lock" };
    try {
      requireChecksums(project, { BP_REQUIRE_CHECKSUMS: true });
      return undefined;
    } catch (error) {
      return (error as { failure?: unknown }).failure;
    }
  };

  test.for([
    ["without checksums", gems, ["a-1", "b-2-x86_64-linux"]],
    [
      "that lacks the checksum of one platform",
      `${gems}CHECKSUMS\n  a (1) ${sha}\n  b (2-x86_64-linux)\n`,
      ["b-2-x86_64-linux"],
    ],
    [
      "with another kind of checksum",
      `${gems}CHECKSUMS\n  a (1) md5=x\n  b (2-x86_64-linux) ${sha}\n`,
      ["a-1"],
    ],
  ] as const)("%s", ([, text, missing]) => {
    expect(outcome(text)).toEqual({
      code: "app/checksums-missing",
      lockfile: "Gemfile.lock",
      gems: missing,
    });
  });

  test("but not one with all checksums", () => {
    expect(
      outcome(`${gems}CHECKSUMS\n  a (1) ${sha}\n  b (2-x86_64-linux) ${sha}\n`),
    ).toBeUndefined();
  });
});
