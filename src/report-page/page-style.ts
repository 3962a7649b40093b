import { Html } from "./html.ts";

/** Two columns of numbers fit beside the text at the width of a phone; nothing is wider than the page. */
export const pageStyle = new Html(`
:root {
  --back: #ffffff; --panel: #f4f4f6; --text: #1d1d23; --soft: #56565f; --line: #d5d5dc;
  --accent: #9b1c31; --kept: #2f7a4f; --made: #b3541e; --track: #e6e6eb; --link: #9b1c31;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #17171b; --panel: #222228; --text: #ececf1; --soft: #a9a9b4; --line: #3a3a43;
    --accent: #f0798c; --kept: #6cc495; --made: #f0a06a; --track: #33333c; --link: #f59aa9;
  }
}
* { box-sizing: border-box; }
html { color-scheme: light dark; -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 4rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .25rem 0 .75rem; max-width: 46rem; }
.lead, caption, .soft { color: var(--soft); }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: 1rem 0 0; padding: 0; }
nav a { display: inline-block; padding: .25rem 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0; }
.figures div { background: var(--panel); border-radius: .5rem; padding: .75rem 1rem; }
dt { color: var(--soft); font-size: .875rem; }
dd { margin: 0; font-size: 1.375rem; font-weight: 600; font-variant-numeric: tabular-nums; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
caption { text-align: left; font-size: .875rem; padding-bottom: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .5rem .4rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--soft); font-size: .875rem; }
tbody th { font-weight: 600; }
.number { text-align: right; width: 5.5rem; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
td.text, thead th.text:not(:first-child) { padding-left: .75rem; }
.soft { font-weight: 400; }
code { font: .9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: var(--panel); padding: .05em .3em; border-radius: .25rem; }
.bar { display: block; width: 100%; height: .5rem; margin: .3rem 0; border-radius: .25rem; overflow: hidden; }
.track { fill: var(--track); }
.fill { fill: var(--accent); }
.kept .fill { fill: var(--kept); }
.made .fill { fill: var(--made); }
.span { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1rem; }
.span > span { flex: 1 1 14rem; }
.span > .bar { flex: 3 1 14rem; }
.level-1 > span { padding-left: 1rem; } .level-2 > span { padding-left: 2rem; } .level-3 > span { padding-left: 3rem; }
.level-1 > span, .level-2 > span { font-weight: 500; }
.level-3 > span, .beside { font-weight: 400; }
.beside { color: var(--soft); font-size: .875rem; display: block; }
.mark { font-weight: 600; }
.mark.kept { color: var(--kept); }
.mark.made { color: var(--made); }
details { margin: .25rem 0; }
summary { cursor: pointer; padding: .25rem 0; }
ul.notes { margin: .25rem 0 .75rem; padding-left: 1.25rem; }
.warning { border-left: .25rem solid var(--made); background: var(--panel); padding: .6rem 1rem; margin: 0 0 .75rem; border-radius: 0 .5rem .5rem 0; }
.warning p { margin: 0 0 .25rem; max-width: none; }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print { body { max-width: none; } nav { display: none; } }
`);
