import { execFileSync } from "node:child_process";
import { chmod, mkdir, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { examine, linesOf, lockfile, makeRoot } from "../support/builds/examine.ts";
import { treeDigest } from "../support/tree-digest.ts";
import { addToTree, makeTree } from "../support/tree.ts";

const secret = "of-another-app";
const rails = ["rake (13.3.0)", "railties (8.1.4)", "puma (7.1.0)", "sqlite3 (2.7.0)"];

/** An app in a directory that has other files. */
async function makeApp(files: Record<string, string> = {}) {
  const parent = await makeTree();
  const app = join(parent, "app");
  await addToTree(app, { Gemfile: "", "Gemfile.lock": lockfile(rails), Rakefile: "", ...files });
  return { parent, app };
}

describe("a link of the app that leaves it is a broken link", () => {
  test.each([
    ["Gemfile.lock", lockfile(["rack (3.2.0)"])],
    ["Gemfile", ""],
    ["Procfile", `web: ${secret}\n`],
    [".ruby-version", "3.1.0\n"],
    [".tool-versions", "ruby 3.1.0\n"],
    ["mise.toml", '[tools]\nruby = "3.1.0"\n'],
    ["package.json", "{}"],
    ["yarn.lock", ""],
    [".bundle/config", `---\nBUNDLE_PATH: x\n${secret}\n`],
    ["bin/rails", "#!/opt/ruby/bin/ruby\n"],
    ["config/application.rb", 'ENV.fetch("SECRET_NAME")\n'],
    ["config/database.yml", "production:\n  adapter: sqlite3\n  database: secret/a.sqlite3\n"],
    ["config/initializers/one.rb", 'ENV.fetch("SECRET_NAME")\n'],
  ])("%s", async (path, content) => {
    const { app, parent } = await makeApp();
    await addToTree(parent, { "outside/file": content });
    const root = await makeRoot();
    const linkedTo = async (target: string) => {
      await mkdir(dirname(join(app, path)), { recursive: true });
      await rm(join(app, path), { force: true });
      await symlink(target, join(app, path));
      return await examine(app, { root });
    };
    const broken = await linkedTo("nowhere");
    const up = "../".repeat(path.split("/").length);
    expect(await linkedTo(join(parent, "outside/file"))).toEqual(broken);
    expect(await linkedTo(`${up}outside/file`)).toEqual(broken);
    await rm(join(app, path));
    await addToTree(app, { [path]: content });
    expect(await examine(app, { root })).not.toEqual(broken);
  });

  test("nor a directory", async () => {
    const { app, parent } = await makeApp();
    await addToTree(parent, { "outside/initializers/a.rb": 'ENV.fetch("SECRET_NAME")\n' });
    await symlink("../outside", join(app, "config"));
    await symlink("../../outside", join(app, "public"));
    const text = JSON.stringify(await examine(app));
    expect(text).not.toContain("SECRET_NAME");
  });

  test("nor the directory of the project", async () => {
    const { app, parent } = await makeApp();
    await addToTree(parent, { "outside/Gemfile": "", "outside/Gemfile.lock": lockfile([]) });
    await symlink("../outside", join(app, "server"));
    const found = await examine(app, { env: { BP_RUBY_PROJECT_PATH: "server" } });
    expect(found).toMatchObject({ fails: true, detection: { pass: false } });
  });
});

describe("a hostile app gets an answer", () => {
  test.each(["Gemfile.lock", "Procfile", "package.json", "config/database.yml", "bin/rails"])(
    "with a pipe as %s",
    async (path) => {
      const { app } = await makeApp({ "config/": "", "bin/": "" });
      execFileSync("rm", ["-f", join(app, path)]);
      execFileSync("mkfifo", [join(app, path)]);
      expect((await examine(app)).app).toBe("shop");
    },
  );

  test("with files of a terabyte", async () => {
    const { app } = await makeApp({ "config/initializers/": "" });
    for (const path of ["Procfile", "package.json", "config/initializers/a.rb", "Rakefile"]) {
      await writeFile(join(app, path), "");
      await truncate(join(app, path), 2 ** 40);
    }
    const found = await examine(app);
    expect(linesOf(found)).toContain("Ignored the Procfile: it is larger than 64 MiB.");
    await truncate(join(app, "Gemfile.lock"), 2 ** 40);
    expect(await examine(app)).toMatchObject({ errors: [{ code: "app/lockfile-unreadable" }] });
  });

  test("with loops of links, and directories where files should be", async () => {
    const { app } = await makeApp({ "Procfile/": "", "package.json/": "", "config.ru/": "" });
    await symlink("loop", join(app, "loop"));
    await symlink(".", join(app, "config"));
    await symlink("loop", join(app, ".ruby-version"));
    expect((await examine(app)).fails).toBe(false);
  });

  test("with initializers that are tens of directories deep and thousands wide", async () => {
    const { app } = await makeApp();
    const deep = Array.from({ length: 50 }, () => "d").join("/");
    const wide = Array.from({ length: 3000 }, (_, n) => [`config/initializers/${n}.rb`, "x"]);
    await addToTree(app, { ...Object.fromEntries(wide), [`config/initializers/${deep}/a.rb`]: "" });
    expect((await examine(app)).conditions).toEqual([]);
  });
});

test("control characters and passwords of the app reach neither the text nor the JSON", async () => {
  const escape = "\u001b[2J\u001b]0;title\u0007";
  const { app } = await makeApp({
    Procfile: `web: serve ${escape}\nwrong${escape} line\n`,
    ".bundle/config": `BUNDLE_X${escape}\nhttps://user:${secret}@example.com\n`,
    "config/initializers/a\u001b[2Jb.rb": 'ENV.fetch("KEY")\n',
    "Gemfile.lock": lockfile(rails, { remote: `https://user:${secret}@gems.example.com/` }),
  });
  const found = await examine(app, { shownAs: `app${escape}` });
  expect(JSON.parse(JSON.stringify(found), refuseControl)).toBeTruthy();
  expect(JSON.stringify(found)).not.toContain(secret);

  function refuseControl(_key: string, value: unknown): unknown {
    // oxlint-disable-next-line no-control-regex
    if (typeof value === "string") expect(value).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
    return value;
  }
});

test("nothing of the app is run, not even by way of the environment, and nothing is written", async () => {
  const { app, parent } = await makeApp({ ".ruby-version": "jruby-10.0.2.0\n" });
  const program = `#!/bin/sh\ntouch ${parent}/ran\n`;
  for (const name of ["java", "node", "ruby", "bundle"]) {
    await addToTree(app, { [`bin/${name}`]: program });
    await chmod(join(app, "bin", name), 0o755);
  }
  await writeFile(
    join(app, "Gemfile.lock"),
    lockfile([], { ruby: "ruby 3.4.5 (jruby 10.0.2.0)", platforms: ["java"] }),
  );
  const before = await treeDigest(parent);
  const env = { JAVACMD: join(app, "bin/java"), PATH: join(app, "bin") };
  await examine(app, { env, root: await makeRoot() });
  expect(await treeDigest(parent)).toEqual(before);
});
