import { stripVTControlCharacters } from "node:util";
import type { Clock } from "../system/clock.ts";
import type { BuildFacts, ReportedStep } from "./build-facts.ts";
import type { Printer, Progress, Section } from "./printer.ts";
import { redact } from "./redact.ts";

/** A printer that also keeps what it prints, with the time of it. */
export interface RecordedPrinter {
  printer: Printer;
  /** What was printed in sections until now. A section that is still open ends now. */
  facts: () => Pick<BuildFacts, "steps" | "layers">;
}

/**
 * Records the sections that are printed with `printer`. Times are measured when something happens, not
 * when its lines are printed, so that sections which run at the same time overlap.
 */
export function recordPrinter(printer: Printer, clock: Clock): RecordedPrinter {
  const origin = clock.now();
  const now = () => Math.max(0, Math.round(clock.now() - origin));
  const steps: OpenStep[] = [];
  const layers = new Map<string, string[]>();
  return {
    printer: {
      ...printer,
      section: async (title, work) => {
        const step = openStep(title, now());
        steps.push(step);
        const recorder = { step, layers, now };
        try {
          return await printer.section(title, async (section) => {
            return await work(recordSection(section, recorder));
          });
        } finally {
          step.end = now();
        }
      },
    },
    facts: () => ({
      steps: steps.map((step) => closedStep(step, now())),
      layers: [...layers].map(([name, because]) => ({ name, because })),
    }),
  };
}

type OpenStep = Omit<ReportedStep, "duration"> & { end?: number };

function openStep(title: string, start: number): OpenStep {
  return { title: clean(title), start, commands: [], notes: [], warnings: [] };
}

function closedStep({ end, ...step }: OpenStep, now: number): ReportedStep {
  return { ...step, duration: (end ?? now) - step.start };
}

interface Recorder {
  step: OpenStep;
  layers: Map<string, string[]>;
  now: () => number;
}

function recordSection(section: Section, { step, layers, now }: Recorder): Section {
  return {
    ...section,
    say: (text) => {
      keep(step.notes, text);
      section.say(text);
    },
    detail: (text) => {
      keep(step.notes, text);
      section.detail(text);
    },
    warn: (...lines) => {
      if (lines.length > 0) keep(step.warnings, lines.join("\n"));
      section.warn(...lines);
    },
    timed: async (text, work) => {
      const command = { text: clean(text), start: now(), duration: 0, failed: true };
      if (step.commands.length < mostTexts) step.commands.push(command);
      const timed = async (progress: Progress) => {
        const result = await work(progress);
        command.failed = false;
        return result;
      };
      try {
        return await section.timed(text, timed);
      } finally {
        command.duration = now() - command.start;
      }
    },
    layer: (name, because) => {
      layers.set(name, because.map(clean));
      section.layer(name, because);
    },
  };
}

const mostTexts = 200;
const mostCharacters = 1000;

function keep(list: string[], text: string): void {
  if (list.length < mostTexts) list.push(clean(text));
}

function clean(text: string): string {
  return redact(stripVTControlCharacters(text)).slice(0, mostCharacters);
}
