import { type Html, markup } from "./html.ts";
import { pageStyle } from "./page-style.ts";

export interface PageSection {
  /** The fragment of its address. */
  id: string;
  heading: string;
  body: Html;
}

export interface Page {
  title: string;
  /** A sentence below the title. */
  lead: Html;
  /** The most important numbers, each with what it counts. */
  figures: readonly (readonly [what: string, value: Html])[];
  sections: readonly PageSection[];
}

/**
 * A complete document: it loads nothing, runs nothing, and follows the reader's choice of light or dark. Its
 * policy keeps browsers from running or loading anything that is in it in spite of that.
 */
export function pageOf({ title, lead, figures, sections }: Page): string {
  const document = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          ${pageStyle}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p class="lead">${lead}</p>
          <dl class="figures">
            ${figures.map(
              ([what, value]) =>
                markup`<div>
                  <dt>${what}</dt>
                  <dd>${value}</dd>
                </div>`,
            )}
          </dl>
          <nav aria-label="Sections">
            <ul>
              ${sections.map(({ id, heading }) => markup`<li><a href="#${id}">${heading}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main>${sections.map(sectionOf)}</main>
      </body>
    </html> `;
  return document.text;
}

function sectionOf({ id, heading, body }: PageSection): Html {
  return markup`<section id="${id}" aria-labelledby="${id}-heading">
    <h2 id="${id}-heading">${heading}</h2>
    ${body}
  </section> `;
}

/** A table with a caption. The first cell of each row is its heading. */
export function table(
  caption: string,
  columns: readonly (string | { title: string; kind: string })[],
  rows: readonly (readonly Html[])[],
): Html {
  const kinds = columns.map((column) => (typeof column === "string" ? "text" : column.kind));
  const titles = columns.map((column) => (typeof column === "string" ? column : column.title));
  const head = titles.map(
    (title, index) => markup`<th scope="col" class="${kinds[index]}">${title}</th>`,
  );
  const body = rows.map(
    ([first, ...others]) =>
      markup`<tr>
        <th scope="row">${first}</th>
        ${others.map((cell, index) => markup`<td class="${kinds[index + 1]}">${cell}</td>`)}
      </tr> `,
  );
  return markup`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${head}
      </tr>
    </thead>
    <tbody>
      ${body}
    </tbody>
  </table> `;
}
