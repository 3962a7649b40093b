import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import glob from "fast-glob";
import GithubSlugger from "github-slugger";
import { lexer, type Token, type Tokens, walkTokens } from "marked";

const checkout = resolve(import.meta.dirname, "../../..");

/** A Markdown file of the checkout. */
export interface Page {
  /** Relative to the checkout. */
  path: string;
  text: string;
  /** Fenced blocks, also those in lists. */
  blocks: { language: string; text: string }[];
  /** Inline code. */
  spans: string[];
  /** The targets of links and images. */
  links: string[];
  /** What `#…` in a link to this page can name, as GitHub makes it from the headings. */
  anchors: ReadonlySet<string>;
}

/** Every page that people read: in the root, `docs`, `inventory`, `samples`, `scripts` and `test`. */
export function readPages(): Page[] {
  const paths = glob.sync(["*.md", "{docs,inventory,scripts,samples,test}/**/*.md"], {
    cwd: checkout,
    ignore: ["**/node_modules/**"],
  });
  return paths.sort().map(readPage);
}

/** A page of the checkout. */
export function readPage(path: string): Page {
  return parsePage(path, readFileSync(join(checkout, path), "utf8"));
}

export function parsePage(path: string, text: string): Page {
  const tokens: Token[] = [];
  void walkTokens(lexer(text), (token) => {
    tokens.push(token);
  });
  const ofType = <T extends Token>(type: string) =>
    tokens.filter((one): one is T => one.type === type);
  const slugger = new GithubSlugger();
  return {
    path,
    text,
    blocks: ofType<Tokens.Code>("code").map((code) => ({
      language: code.lang ?? "",
      text: code.text,
    })),
    spans: ofType<Tokens.Codespan>("codespan").map((span) => span.text),
    links: tokens.flatMap((token) =>
      token.type === "link" || token.type === "image" ? [String(token["href"])] : [],
    ),
    anchors: new Set(
      ofType<Tokens.Heading>("heading").map(({ text: heading }) =>
        slugger.slug(heading.replace(/[`*]|\]\([^)]*\)|\[/g, "")),
      ),
    ),
  };
}
