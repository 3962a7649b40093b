import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import {
  type DownloadedGemsRequest,
  withDownloadedGems,
} from "../../../../../src/buildpack/gems/download/with-downloaded-gems.ts";
import { parseGemfileLock } from "../../../../../src/ruby/lockfile/parse-gemfile-lock.ts";
import { isDirectory } from "../../../../../src/system/files.ts";
import { createFetcher, type Fetcher } from "../../../../../src/system/http/fetcher.ts";
import { makeGem, type MadeGem } from "../../../../support/builds/gem.ts";
import { recordSection } from "../../../../support/section.ts";
import {
  type Answer,
  give,
  startServer,
  status,
} from "../../../../support/servers/loopback-server.ts";
import { type GemServer, serveGems } from "../../../../support/servers/gem-server.ts";
import { makeTree } from "../../../../support/tree.ts";

const login = { user: "shop", password: "p@ss" };
const [opal, jade] = [made("opal"), made("jade")];
let server: GemServer;

beforeEach(async () => {
  server = await serveGems([opal, jade], login);
  return async () => await server[Symbol.asyncDispose]();
});

describe("gems that are not installed", () => {
  test("are in a directory that Bundler is told of, until it ends", async () => {
    const { variables, files, lines, left } = await install(lockfile([opal, jade]));
    expect(Object.keys(variables)).toEqual(["BUNDLE_CACHE_PATH"]);
    expect(files).toEqual(["jade-1.0.0.gem", "opal-1.0.0.gem"]);
    expect(lines).toEqual(["Downloading `2` gems"]);
    expect(left).toBe(false);
  });

  test.each([
    ["2.4.22", false],
    ["2.5.0.dev", true],
    ["2.6.9", true],
    ["4.0.3", true],
  ])("Bundler %s gets our script: %s", async (bundlerVersion, expected) => {
    const { variables, files } = await install(lockfile([opal]), { bundlerVersion });
    const script = `${variables["BUNDLE_CACHE_PATH"]}/install-downloaded-gems.rb`;
    expect(variables["RUBYOPT"]).toBe(expected ? `-r${script}` : undefined);
    expect(files.includes("install-downloaded-gems.rb")).toBe(expected);
  });

  test("are found by an absolute path even if the user's directory for temporary files is relative", async () => {
    vi.stubEnv("TMPDIR", ".");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { variables } = await install(lockfile([opal]), { bundlerVersion: "2.6.9" });
    expect(variables["RUBYOPT"]).toMatch(/^-r\//);
  });

  test("of one name do not share what the server says about them", async () => {
    const gems = ["1.0.0", "2.0.0"].map((version) =>
      makeGem({ name: "opal", version, files: { version } }),
    );
    const lines = gems.map(({ version, sha256 }) => `${version} |checksum:${sha256}\n`);
    const { url } = await startServer(async (request, response) => {
      const gem = gems.find(({ file }) => request.url === `/gems/${file}`);
      await give(gem ? gem.archive : `---\n${lines.join("")}`)(request, response);
    });
    const { files } = await install(lockfile(gems, { checksums: false, url: `${url}/` }));
    expect(files).toEqual(
      gems.flatMap(({ file, version }) => [file, `opal-${version}.info`]).sort(),
    );
  });

  test("need one request each if the lockfile has their checksum", async () => {
    await install(lockfile([opal]));
    expect(server.requests).toEqual([{ path: "/gems/opal-1.0.0.gem", allowed: true }]);
  });

  test("are verified by the server's checksum if the lockfile has none", async () => {
    const { files } = await install(lockfile([opal], { checksums: false }));
    expect(files).toContain("opal-1.0.0.gem");
    expect(server.requests.map(({ path }) => path)).toEqual(["/info/opal", "/gems/opal-1.0.0.gem"]);
  });

  test.each<[string, Answer]>([
    ["says nothing about its gems", status(404)],
    ["states no checksums", give("---\n1.0.0 |ruby:>= 3.0\n")],
  ])("are not verified if the lockfile has no checksum and the server %s", async (_what, info) => {
    const { url, requests } = await startServer(info, give(opal.archive));
    const { files } = await install(lockfile([opal], { checksums: false, url: `${url}/` }));
    expect(requests).toEqual(["/info/opal", "/gems/opal-1.0.0.gem"]);
    expect(files).toContain("opal-1.0.0.gem");
  });

  test("are in all variants for this machine if the lockfile is for any", async () => {
    const { files } = await install(lockfile([opal], { platform: "ruby" }));
    expect(files).toContain("opal-1.0.0.gem");
    expect(server.requests[0]?.path).toBe("/info/opal");
  });

  test("are also removed if `work` fails", async () => {
    const { left } = await install(lockfile([opal]), {}, async () => {
      throw new Error("bundle install failed");
    });
    expect(left).toBe(false);
  });
});

describe("Bundler downloads gems itself", () => {
  test.each<[string, () => string]>([
    ["if one has another checksum", () => lockfile([opal]).replace(opal.sha256, "0".repeat(64))],
    ["if the server does not have one", () => lockfile([opal, made("onyx")])],
    [
      "if the server has only other versions",
      () => lockfile([opal], { checksums: false }).replace("1.0.0", "1.0.1"),
    ],
    [
      "if the server does not say which variants it has",
      () => lockfile([made("onyx")], { platform: "ruby" }),
    ],
    [
      "if the server does not answer",
      () => lockfile([opal]).replace(server.url, "http://[::1]:1/"),
    ],
    ["if the server is not reached by HTTP", () => lockfile([opal]).replace("http:", "file:")],
  ])("%s", async (_why, text) => {
    const { variables, lines, left } = await install(text());
    expect(variables).toEqual({});
    expect(lines.at(-1)).toBe("Not all could be downloaded, so Bundler downloads them itself");
    expect(left).toBe(false);
  });

  test("if the server refuses the login, which is in no message", async () => {
    const env = { BUNDLE_127__0__0__1: "shop:wrong" };
    const { variables, lines } = await install(lockfile([opal]), { env });
    expect(variables).toEqual({});
    expect(lines.join("\n")).not.toContain("wrong");
    expect(server.requests).toEqual([{ path: "/gems/opal-1.0.0.gem", allowed: false }]);
  });

  test.each<[string, Answer, boolean]>([
    ["a page instead of the gem", give("<html>Sign in</html>"), true],
    ["a page instead of the list of versions", give("<html>Sign in</html>"), false],
    ["a list without the version", give("---\n1.0.1 |ruby:>= 3.0\n"), false],
    [
      "a list that is too long",
      give(`---\n1.0.0 |checksum:${opal.sha256}\n${"\n".repeat(17 * 2 ** 20)}`),
      false,
    ],
  ])("if the server sends %s", async (_what, answer, isGem) => {
    const answers = isGem ? [status(404), answer] : [answer, give(opal.archive)];
    const { url, requests } = await startServer(...answers);
    const { variables } = await install(lockfile([opal], { checksums: false, url: `${url}/` }));
    expect(variables).toEqual({});
    expect(requests).toHaveLength(isGem ? 2 : 1);
  });

  test("if the user of the build has a configuration of Bundler", async () => {
    const tree = { "home/.bundle/config": "---\nBUNDLE_JOBS: 2\n" };
    const { variables } = await install(lockfile([opal]), {}, undefined, tree);
    expect([variables, server.requests]).toEqual([{}, []]);
  });

  test("if it is JRuby's, and needs our script", async () => {
    const text = lockfile([opal], { platform: "java" });
    const { variables } = await install(text, { platform: "java", bundlerVersion: "2.6.9" });
    expect([variables, server.requests]).toEqual([{}, []]);
    const old = await install(text, { platform: "java", bundlerVersion: "2.4.22" });
    expect(Object.keys(old.variables)).toEqual(["BUNDLE_CACHE_PATH"]);
  });

  const settings = ["BUNDLE_CACHE_PATH", "BUNDLE_CONFIG", "BUNDLE_FORCE_RUBY_PLATFORM"];
  test.each(settings)("if %s is set", async (name) => {
    const { variables } = await install(lockfile([opal]), { env: { [name]: "true" } });
    expect([variables, server.requests]).toEqual([{}, []]);
  });

  test("if the app has `vendor/cache`", async () => {
    const { variables } = await install(lockfile([opal]), {}, undefined, {
      "app/vendor/cache/jade-1.0.0.gem": "",
    });
    expect([variables, server.requests]).toEqual([{}, []]);
  });

  test("if nothing is missing", async () => {
    const { variables } = await install(lockfile([opal]), {}, undefined, {
      "gems/specifications/opal-1.0.0.gemspec": "",
    });
    expect([variables, server.requests]).toEqual([{}, []]);
  });
});

test("Bundler runs when the other downloads have ended, too", async () => {
  let hasEnded = false;
  const fetcher: Fetcher = {
    get: async (url, signal) => {
      if (url.includes("opal")) throw new Error("no answer");
      await once(signal, "abort");
      await sleep(100);
      hasEnded = true;
      throw new Error("stopped");
    },
    close: async () => {},
  };
  const work = async () => expect(hasEnded).toBe(true);
  const { variables } = await install(lockfile([opal, jade]), { fetcher }, work);
  expect(variables).toEqual({});
});

test("a build that is told to stop does not go on", async () => {
  const stop = new AbortController();
  stop.abort(new Error("stopped"));
  await expect(install(lockfile([opal]), { signal: stop.signal })).rejects.toThrow("stopped");
});

function made(name: string): MadeGem {
  return makeGem({ name, version: "1.0.0", files: { [`lib/${name}.rb`]: "" } });
}

function lockfile(
  gems: readonly MadeGem[],
  { checksums = true, platform = "x86_64-linux", url = server.url } = {},
): string {
  const specs = gems.map(({ name, version }) => `    ${name} (${version})\n`).join("");
  const sums = gems.map(({ name, version, sha256 }) => `  ${name} (${version}) sha256=${sha256}\n`);
  const section = checksums ? `\nCHECKSUMS\n${sums.join("")}` : "";
  return `GEM\n  remote: ${url}\n  specs:\n${specs}\nPLATFORMS\n  ${platform}\n${section}`;
}

/** Runs `work` in place of Bundler. Tells what it had, and whether the downloads were left. */
async function install(
  text: string,
  options: Partial<DownloadedGemsRequest> = {},
  work: () => Promise<void> = async () => {},
  tree: Readonly<Record<string, string>> = {},
) {
  const parsed = parseGemfileLock(text);
  if (parsed.kind !== "lockfile") return expect.fail(parsed.problem);
  const root = await makeTree({ "app/": "", "gems/": "", ...tree });
  const section = recordSection();
  const fetcher = createFetcher({ env: {} });
  onTestFinished(() => fetcher.close());
  let variables: Readonly<Record<string, string>> = {};
  let files: string[] = [];
  const request: DownloadedGemsRequest = {
    ...{ fetcher, section, platform: "x86_64-linux", leftOut: new Set<string>() },
    bundlerVersion: "2.4.22",
    ...{ signal: new AbortController().signal, locked: parsed.lockfile },
    places: { app: `${root}/app`, gems: `${root}/gems`, gemfile: "Gemfile" },
    ...options,
    env: { HOME: `${root}/home`, BUNDLE_127__0__0__1: "shop:p%40ss", ...options.env },
  };
  const running = withDownloadedGems(request, async (found) => {
    variables = found;
    files = found["BUNDLE_CACHE_PATH"] ? await readdir(found["BUNDLE_CACHE_PATH"]) : [];
    await work();
  });
  await running.catch((error: Error) => {
    if (error.message !== "bundle install failed") throw error;
  });
  const left = await isDirectory(variables["BUNDLE_CACHE_PATH"] ?? "/nowhere");
  return { variables, files: files.sort(), lines: section.lines, left };
}
