import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { readProjectDescriptor } from "../../../src/platform/inputs/project-descriptor.ts";
import { settings } from "../../../src/settings.ts";
import { parseToml } from "../../../src/toml.ts";
import { runCommand } from "../../../src/system/command.ts";
import { lapidaryLines, problemOf } from "../../support/docs/command-lines.ts";
import { makeTree } from "../../support/tree.ts";
import { type Page, parsePage, readPage, readPages } from "../../support/docs/pages.ts";

const checkout = resolve(import.meta.dirname, "../../..");
const pages = readPages();
const shells = new Set(["sh", "bash", "shell", "console"]);

/** Settings of other buildpacks, which pages name for users who come from there. */
const foreign = new Set([
  ...[
    "BP_MRI_VERSION",
    "BP_RAILS_ASSETS_EXTRA_SOURCE_PATHS",
    "BP_RAILS_ASSETS_EXTRA_DESTINATION_PATHS",
  ],
  ...["BP_KEEP_GEM_EXTENSION_BUILD_FILES", "BP_JVM_VERSION", "BP_NODE_PROJECT_PATH"],
]);

function brokenLinks({ path, links, anchors }: Page): string[] {
  return links.filter((link) => {
    if (/^(https?|mailto):/.test(link)) return false;
    const [file = "", anchor] = decodeURI(link).split("#");
    const target = file === "" ? path : join(dirname(path), file);
    if (file !== "" && !existsSync(join(checkout, target))) return true;
    if (anchor === undefined || anchor === "") return false;
    return !(file === "" ? anchors : readPage(target).anchors).has(anchor);
  });
}

function unknownSettings({ text }: Page): string[] {
  const named = text.match(/\bBP_[A-Z0-9_]+/g) ?? [];
  return [...new Set(named)].filter(
    (name) =>
      !(name in settings) && !foreign.has(name) && !/^BP_(DEPENDENCY_MIRROR_|OCI_|$)/.test(name),
  );
}

function faultsOfToml(text: string): string[] {
  try {
    parseToml(text);
    return [];
  } catch (error) {
    return [String(error)];
  }
}

const faultsOfYaml = (text: string) =>
  parseAllDocuments(text).flatMap(({ errors }) => errors.map(({ message }) => message));

describe("the index of the documentation", () => {
  const index = readPage("docs/README.md");

  test("has every page", () => {
    const linked = new Set(index.links.map((link) => join("docs", link)));
    const own = pages.map(({ path }) => path).filter((path) => path.startsWith("docs/"));
    expect(own.filter((path) => path !== index.path && !linked.has(path))).toEqual([]);
  });

  test("is linked from the README", () => {
    expect(readPage("README.md").links).toContain("docs/README.md");
  });
});

describe("every page", () => {
  test.each(pages)("$path links to files and headings that exist", (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  test("a link to a heading that does not exist is found, and so is a missing file", () => {
    const page = parsePage(
      "docs/x.md",
      "# One two\n\n[a](#one-two) [b](#one) [c](y.md) [d](contract.md#detect)",
    );
    expect(brokenLinks(page)).toEqual(["#one", "y.md"]);
  });

  test.each(pages)("$path names only settings that exist", (page) => {
    expect(unknownSettings(page)).toEqual([]);
  });

  test("a setting that does not exist is found", () => {
    const text = "`BP_JEMALLOC`, `BP_JEMALOC`, `BP_OCI_SOURCE`, `BP_DEPENDENCY_MIRROR_EXAMPLE_COM`";
    expect(unknownSettings(parsePage("docs/x.md", text))).toEqual(["BP_JEMALOC"]);
  });

  test("every `npm run` command that pages name exists", () => {
    const manifest = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const named = pages.flatMap(({ text }) =>
      [...text.matchAll(/npm run ([a-z:-]+)/g)].map(([, script = ""]) => script),
    );
    expect(named.length).toBeGreaterThan(10);
    expect([...new Set(named)].filter((script) => !(script in manifest.scripts))).toEqual([]);
  });
});

describe("every block", () => {
  const withBlocks = pages.filter(({ blocks }) => blocks.length > 0);

  test.each(withBlocks)(
    "of $path gives `lapidary` options and commands that it has",
    async (page) => {
      const lines = page.blocks
        .filter(({ language }) => shells.has(language))
        .flatMap(lapidaryLines);
      const problems = await Promise.all(lines.map(problemOf));
      expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
    },
  );

  test.each(withBlocks)("of $path can be parsed", async ({ blocks }) => {
    for (const { language, text } of blocks) {
      if (language === "toml") expect(faultsOfToml(text)).toEqual([]);
      if (language === "yaml") expect(faultsOfYaml(text)).toEqual([]);
      if (language === "sh") {
        const { exitCode, lines } = await runCommand({
          file: "bash",
          args: ["-n", "-c", text],
          cwd: checkout,
          env: { PATH: process.env["PATH"] ?? "" },
        });
        expect({ exitCode, lines }).toEqual({ exitCode: 0, lines: [] });
      }
    }
  });

  test.each([
    ["sh", "npm ci && npm start -- build . --no-netwrk", "--no-netwrk"],
    ["sh", "A=1 bin/lapidary slg app.tgz", "slg"],
    ["sh", "lapidary build . --image oci:x \\\n  --run-rot /srv", "--run-rot"],
    ["console", "$ lapidary artifact python 3.4.5\nBP_INVENTORY=x", "python"],
    ["sh", "npm run package -- --ofline ../shop", "--ofline"],
  ])("a mistake in a block is found: %s, %s", async (language, text, mistake) => {
    const problems = await Promise.all(lapidaryLines({ language, text }).map(problemOf));
    expect(problems).toEqual([expect.stringContaining(mistake)]);
  });

  test("of project-toml.md has every key that the local platform reads", async () => {
    const blocks = readPage("docs/project-toml.md").blocks.filter(
      ({ language }) => language === "toml",
    );
    const [newer, older] = await Promise.all(
      blocks.map(
        async ({ text }) =>
          await readProjectDescriptor(
            join(await makeTree({ "project.toml": text }), "project.toml"),
          ),
      ),
    );
    const { include, exclude, ...rest } = newer ?? {};
    expect([include, exclude?.length]).toEqual([[], 3]);
    expect(Object.entries(rest).filter(([, value]) => Object.keys(value).length === 0)).toEqual([]);
    expect(Object.keys(rest).sort()).toEqual(["env", "group", "post", "pre"]);
    expect(older).toMatchObject({
      group: [{ id: "lapidary/ruby" }],
      env: { BP_LOG_LEVEL: "debug" },
    });
  });

  test("what is not TOML or YAML is found", () => {
    expect(faultsOfToml("[a]\nb = ")).not.toEqual([]);
    expect(faultsOfYaml("a: [1")).not.toEqual([]);
  });

  test("there are command lines to check", () => {
    const all = pages.flatMap(({ blocks }) =>
      blocks.filter(({ language }) => shells.has(language)).flatMap(lapidaryLines),
    );
    expect(all.length).toBeGreaterThan(15);
  });
});
