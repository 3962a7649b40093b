import { commandLine } from "../output/build-summary.ts";
import { type Html, markup } from "./html.ts";
import { bar, number, size, sum } from "./measures.ts";
import { table } from "./page.ts";
import type { ShownGem, ShownImage, ShownReport, ShownStep } from "./report.ts";
import { prose } from "./words.ts";

/** The gems, the largest first. */
export function gemsOf(gems: readonly ShownGem[]): Html {
  if (gems.length === 0) return markup`<p>The buildpacks named no gems.</p>`;
  const largest = Math.max(...gems.map(({ bytes }) => bytes));
  return markup`<p>${number(gems.length)} gems of ${size(sum(gems.map(({ bytes }) => bytes)))}.</p>
    ${table(
      "Gems by the size of their files, with what was compiled when they were installed.",
      ["Gem", { title: "Size", kind: "number" }],
      gems.map(({ name, version, bytes, compiled }) => [
        markup`${name}
          <span class="soft">${version}${compiled ? ", compiled" : ""}</span>${bar(0, bytes / largest)}`,
        size(bytes),
      ]),
    )}`;
}

/** What a registry that has the last exported image does not have yet. */
export function pushOf(image: ShownImage | undefined): Html {
  if (!image) {
    return markup`<p>
      This build exported no image. With <code>--image</code>, this section shows the image's layers
      and what a push sends.
    </p>`;
  }
  return markup`<p>
      A registry that has the last image gets ${size(image.newBytes)}, and has
      ${size(image.reusedBytes)} already. The digest of the image is <code>${image.digest}</code>.
    </p>
    ${table(
      "Layers above the run image, compressed as they are pushed.",
      ["Layer", { title: "Size", kind: "number" }, { title: "Push", kind: "number" }],
      image.layers.map(({ name, bytes, reused }) => [
        prose(name.replaceAll("'", "`")),
        size(bytes),
        markup`<span class="mark ${reused ? "kept" : "made"}">${reused ? "reused" : "new"}</span>`,
      ]),
    )}`;
}

export function processesOf({
  processes,
  defaultProcess,
}: Pick<ShownReport, "processes" | "defaultProcess">): Html {
  if (processes.length === 0) return markup`<p>None: the image has no default command.</p>`;
  return table(
    "Processes that the image can start.",
    ["Type", "Command"],
    processes.map((process) => [
      markup`${process.type}${process.type === defaultProcess ? markup` <span class="soft">default</span>` : undefined}`,
      markup`<code>${commandLine(process)}</code>${process.workingDirectory === undefined ? undefined : markup` in <code>${process.workingDirectory}</code>`}`,
    ]),
  );
}

export function environmentOf(environment: ShownReport["environment"]): Html {
  if (environment.length === 0) return markup`<p>The layers set no variables.</p>`;
  return table(
    "Variables that the layers set for the app. A value that is set where the app runs replaces a default.",
    ["Variable", "Value", "How"],
    environment.map(({ name, value, behavior, process, layer }) => [
      markup`${name}`,
      value === undefined
        ? markup`<span class="soft">not shown</span>`
        : markup`<code>${value}</code>`,
      markup`${behavior}<span class="soft">, by ${layer}${process === undefined ? "" : `, for ${process}`}</span>`,
    ]),
  );
}

export function warningsOf(warnings: ShownReport["warnings"]): Html {
  if (warnings.length === 0) return markup`<p>None.</p>`;
  return markup`${warnings.map(({ from, step, text }) => {
    const lines = text.split("\n").map((line) => markup`<p>${prose(line)}</p>`);
    return markup`<div class="warning">
      ${lines}<span class="soft">${step === undefined ? from : `${from}, ${step}`}</span>
    </div> `;
  })}`;
}

/** What the log says in each step. */
export function stepsOf(runs: ShownReport["runs"]): Html {
  const steps = runs.flatMap((run) => run.steps).filter(({ notes }) => notes.length > 0);
  if (steps.length === 0)
    return markup`<p>The buildpacks reported no steps. Their output is only in the log.</p>`;
  return markup`${steps.map(detailsOf)}`;
}

function detailsOf({ title, notes }: ShownStep): Html {
  return markup`<details open="open">
    <summary>${title}</summary>
    <ul class="notes">
      ${notes.map((note) => markup`<li>${prose(note)}</li>`)}
    </ul>
  </details> `;
}
