/** An element of a page that was parsed strictly. */
export interface Element {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: (Element | string)[];
}

/**
 * Parses a page as XML is parsed: every tag is closed in order, every attribute is quoted and occurs once, and
 * every `<` and `&` of a text is escaped.
 *
 * @throws Error with the place that is wrong.
 */
export function parsePage(page: string): Element {
  const root: Element = { name: "", attributes: {}, children: [] };
  const open = [root];
  const body = page.replace(/^<!doctype html>\s*/, "");
  for (const token of body.match(/<[^>]*>|[^<]+/g) ?? []) {
    const parent = open.at(-1) ?? root;
    if (!token.startsWith("<"))
      parent.children.push(parent.name === "style" ? token : decode(token));
    else if (token.startsWith("</")) close(open, token.slice(2, -1));
    else openElement(open, token);
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)?.name}> is not closed`);
  return root;
}

function close(open: Element[], name: string): void {
  const element = open.pop();
  if (element?.name !== name) throw new Error(`</${name}> closes <${element?.name}>`);
}

function openElement(open: Element[], token: string): void {
  const [, name = "", written = "", isEmpty] =
    /^<([a-z][a-z0-9]*)((?:\s+[a-zA-Z-]+="[^"<]*")*)\s*(\/?)>$/.exec(token) ?? [];
  if (name === "") throw new Error(`not a tag: ${token}`);
  const pairs = [...written.matchAll(/([a-zA-Z-]+)="([^"]*)"/g)];
  const attributes = Object.fromEntries(
    pairs.map(([, key = "", value = ""]) => [key, decode(value)]),
  );
  if (Object.keys(attributes).length !== pairs.length) throw new Error(`twice in ${token}`);
  const element = { name, attributes, children: [] };
  open.at(-1)?.children.push(element);
  if (!isEmpty) open.push(element);
}

function decode(text: string): string {
  return text.replace(/&(#(\d+);)?/g, (all, _, code?: string) => {
    if (code === undefined) throw new Error(`an unescaped & in ${text}`);
    return String.fromCodePoint(Number(code));
  });
}

/** All elements with this name below `element`, in the order of the page. */
export function elementsNamed(element: Element, name: string): Element[] {
  return elementsOf(element).filter((each) => each.name === name);
}

/** All elements below `element`, in the order of the page. */
export function elementsOf(element: Element): Element[] {
  return element.children.flatMap((child) =>
    typeof child === "string" ? [] : [child, ...elementsOf(child)],
  );
}

/** The text in an element as it is read out, with single spaces. */
export function textOf(element: Element): string {
  return read(element).replace(/\s+/g, " ").trim();
}

function read({ name, children }: Element): string {
  if (name === "style") return "";
  const text = children.map((child) => (typeof child === "string" ? child : read(child))).join("");
  return inline.has(name) ? text : ` ${text} `;
}

const inline = new Set(["span", "code", "data", "a"]);

/** The section of a page with this id. */
export function sectionNamed(page: Element, id: string): Element {
  const found = elementsNamed(page, "section").find(({ attributes }) => attributes["id"] === id);
  if (!found) throw new Error(`there is no section ${id}`);
  return found;
}

/** The numbers in an element, as programs read them. */
export function numbersOf(element: Element): number[] {
  return elementsNamed(element, "data").map(({ attributes }) => Number(attributes["value"]));
}
