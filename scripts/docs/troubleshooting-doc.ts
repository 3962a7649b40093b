import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import glob from "fast-glob";
import { recipesPage } from "../../src/output/add-packages.ts";
import { writePage } from "./write-page.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

/** What the codes that begin with a word are about, in the order of a build. */
const topics = {
  app: "The app's files",
  settings: "Settings",
  artifact: "Ruby, JRuby and jemalloc: what is installed",
  download: "Downloads",
  compile: "Compiling Ruby and jemalloc",
  java: "Java, for JRuby",
  bundler: "Bundler",
  gems: "Gems",
  rake: "Rake and assets",
  node: "Node, for assets",
  jemalloc: "jemalloc",
  system: "The machine of the build",
  cnb: "What a platform gives to the buildpack",
  platform: "The local platform: `lapidary build` and `lapidary run`",
  image: "Images: `lapidary build --image`",
  classic: "The classic API and slugs",
  package: "Packaging the buildpack",
};

/**
 * The text of `docs/troubleshooting.md`, from the recorded message of each error in `test/contract/errors`. A test
 * compares these recordings with what the code prints.
 *
 * @throws Error for an error whose topic has no title here.
 */
export async function troubleshootingDoc(): Promise<string> {
  const messages = await recordedMessages();
  const rooms = [...new Set([...messages.keys()].map((code) => code.split("/")[0] ?? ""))];
  const untitled = rooms.filter((room) => !(room in topics));
  if (untitled.length > 0) throw new Error(`no title for the errors ${untitled.join(", ")}`);
  const sections = Object.entries(topics).flatMap(([room, title]) => {
    const own = [...messages].filter(([code]) => code.startsWith(`${room}/`));
    return [`## ${title}`, "", ...own.flatMap(([code, text]) => section(code, text))];
  });
  const contents = Object.values(topics).map((title) => `- [${title}](#${anchorOf(title)})`);
  return [...introduction, ...contents, "", ...sections, ...ending].join("\n");
}

const introduction = [
  "# Troubleshooting",
  "",
  "Every error ends with a code in parentheses, such as `(app/lockfile-missing)`. Find it on this page, with your",
  "browser's search or in a link: `docs/troubleshooting.md#applockfile-missing`. Names, versions and paths below are",
  "examples.",
  "",
  "The last line of an error says where the problem is: in the app, the configuration of the build, the command line, the",
  "network, a server, the platform, or a buildpack. If it cannot tell, it says so. To see more, set `BP_LOG_LEVEL=debug` in",
  "the build's environment.",
  "",
];

const ending = [
  "This page is generated from the messages with `node scripts/docs/troubleshooting-doc.ts`.",
  "",
];

const linkToRecipes = `See [system packages](${relative("docs", recipesPage)}) for each platform.`;

async function recordedMessages(): Promise<Map<string, string>> {
  const directory = join(checkout, "test/contract/errors");
  const files = await glob("**/*.txt", { cwd: directory });
  const pages = files.map((file) => file.replace(/\.txt$/, "")).sort();
  const texts = await Promise.all(
    pages.map((page) => readFile(join(directory, `${page}.txt`), "utf8")),
  );
  return new Map(pages.map((page, at) => [page, texts[at] ?? ""]));
}

/** The anchor that GitHub gives to a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
}

/**
 * A message as Markdown: what happened as text, the commands and changes that fix it as a block.
 *
 * @param page a code, or `CODE+CAUSE`: the same error with a cause that a build recognizes.
 */
function section(page: string, message: string): string[] {
  const [code = "", cause] = page.split("+");
  const heading = cause ? `#### ${code}: ${cause.replaceAll("-", " ")}` : `### ${code}`;
  const lines = message.trimEnd().split("\n");
  const fix = lines.indexOf("Fix:");
  const happened = lines.slice(2, fix - 1);
  const fixes = lines.slice(fix + 1, -2).map((line) => line.replace(/^ {4}/, ""));
  const closing = (lines.at(-1) ?? "").replace(` (${code})`, "");
  return [
    ...[heading, "", `**${escaped((lines[0] ?? "").replace(/^Error: /, ""))}**`, ""],
    ...happened.flatMap((line) => [escaped(line), ""]),
    ...["```text", ...fixes, "```", ""],
    ...(fixes.some((line) => line.includes(recipesPage)) ? [linkToRecipes, ""] : []),
    ...[closing, ""],
  ];
}

/** Outside of inline code, characters that Markdown would take for markup. */
function escaped(line: string): string {
  return line
    .trim()
    .split(/(`[^`]*`)/)
    .map((part, at) =>
      at % 2 === 1 ? part : part.replace(/ +/g, " ").replace(/[<>*_[\]#]/g, "\\$&"),
    )
    .join("");
}

if (import.meta.main) {
  await writePage(join(checkout, "docs/troubleshooting.md"), await troubleshootingDoc());
}
