import { stripVTControlCharacters } from "node:util";
import type { Clock } from "../system/clock.ts";
import { redact } from "./redact.ts";
import type { Style } from "./style.ts";

/** One section of the log, open while its work runs. */
export interface Section {
  /** One bullet. Values in backticks are coloured. */
  say(text: string): void;
  /** A bullet one level below the last one. */
  detail(text: string): void;
  /** Lines about a problem that does not stop the build. */
  warn(...lines: string[]): void;
  /** A line of a subprocess's output, unchanged. */
  output(line: string): void;
  /** A line that is only printed with `BP_LOG_LEVEL=debug`. */
  debug(text: string): void;
  /**
   * A bullet for work that takes time: first the text, then a dot every few seconds, and how long it
   * took at the end. Every 30 seconds, a line says how far the work has come and how long it has taken, unless
   * the work tells no progress and prints lines of its own.
   */
  timed<T>(text: string, work: (progress: Progress) => Promise<T>): Promise<T>;
  /** Tells a report why a layer is made anew, or, without a reason, that it is kept. Prints nothing. */
  layer(name: string, because: readonly string[]): void;
}

/** Tells how far work has come, such as `12 of 45 MB`. What was told last is printed from time to time. */
export type Progress = (state: string) => void;

export interface Printer {
  header(text: string): void;
  /**
   * Runs `work` as a section. Sections may run at the same time. The lines of each stay together, in the
   * order in which the sections were opened.
   */
  section<T>(title: string, work: (section: Section) => Promise<T>): Promise<T>;
  /** Lines outside any section, marked with `!`, in the colour of errors. */
  error(lines: readonly string[]): void;
  /** Lines outside any section, unchanged. */
  plain(...lines: string[]): void;
  /** Output of another program, including unfinished lines, so that its progress is visible. */
  passOn(text: string): void;
}

export interface PrinterOptions {
  write: (text: string) => void;
  style: Style;
  clock: Clock;
  debug: boolean;
}

const dotEveryMilliseconds = 3000;
const lineEveryMilliseconds = 30_000;

/** Prints everything that a user reads: append-only, in one order, without cursor movements. */
export function createPrinter(options: PrinterOptions): Printer {
  const queue = new OutputQueue(options.write);
  const { style } = options;
  const line = (text: string) => queue.writeNow(`${redact(text)}\n`);
  return {
    header: (text) => line(`${style.header(text)}\n`),
    plain: (...lines) => lines.forEach(line),
    passOn: (text) => queue.writeNow(redact(text)),
    error: (lines) =>
      lines.flatMap(ownLines).forEach((text) => line(style.error(`! ${text}`.trimEnd()))),
    section: async (title, work) => {
      const channel = queue.open();
      channel.write(`- ${style.header(redact(title))}\n`);
      try {
        return await work(createSection(channel, options));
      } finally {
        channel.close();
      }
    },
  };
}

/** A duration such as `0.3s`, `48.5s`, `4m 25s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 99_950) return `${(milliseconds / 1000).toFixed(1)}s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
}

function createSection(channel: Channel, options: PrinterOptions): Section {
  const { style, clock } = options;
  const paint = (text: string) =>
    oneLine(redact(uncoloured(text))).replace(
      /`[^`]*`/g,
      (value) => `\`${style.value(value.slice(1, -1))}\``,
    );
  const write = (text: string) => channel.write(text);
  return {
    say: (text) => write(`  - ${paint(text)}\n`),
    detail: (text) => write(`    - ${paint(text)}\n`),
    warn: (...lines) =>
      lines
        .flatMap(ownLines)
        .forEach((text) => write(`  ${style.warning(`! ${redact(text)}`.trimEnd())}\n`)),
    output: (text) => write(`      ${redact(text)}`.trimEnd() + "\n"),
    layer: () => {},
    debug: (text) => options.debug && write(`    ${style.dim(redact(text))}\n`),
    timed: async (text, work) => {
      const started = clock.now();
      // If the work prints lines itself, the open line ends and the time gets its own line.
      channel.write(`  - ${paint(text)} ..`);
      const dots = setInterval(() => channel.writeDot(), dotEveryMilliseconds);
      let state = "";
      let lines = channel.lines;
      const reminders = setInterval(() => {
        const isSilent = channel.lines === lines;
        const text = `${state || "Still running"} after ${formatDuration(clock.now() - started)}`;
        if (state !== "" || isSilent) channel.write(`    - ${paint(text)}\n`);
        lines = channel.lines;
      }, lineEveryMilliseconds);
      try {
        const result = await work((told) => (state = told));
        channel.endTimed(`(${formatDuration(clock.now() - started)})`);
        return result;
      } catch (error) {
        channel.endTimed("(failed)");
        throw error;
      } finally {
        clearInterval(dots);
        clearInterval(reminders);
      }
    },
  };
}

/** A value with line ends must not look like lines of the log. */
export function oneLine(text: string): string {
  // Not one pattern with spaces on both sides: it would take quadratic time on a long run of spaces.
  const [first = "", ...others] = text.split(/[\r\n]+/);
  const last = others.pop();
  if (last === undefined) return text;
  const between = others.map((line) => line.trim()).filter((line) => line !== "");
  return [first.trimEnd(), ...between, last.trimStart()].join(" ");
}

/** The lines of a text, which may contain the name of a file with line ends: each is marked as a line of the text. */
function ownLines(text: string): string[] {
  return uncoloured(text).split(/\r?\n/);
}

/** A value must not choose how the text around it looks. */
function uncoloured(text: string): string {
  return stripVTControlCharacters(text);
}

/** Prints the oldest open section at once, and holds back the others until it closes. */
class OutputQueue {
  private readonly waiting: Channel[] = [];

  private readonly sink: (text: string) => void;

  constructor(sink: (text: string) => void) {
    this.sink = sink;
  }

  open(): Channel {
    const channel = new Channel(() => this.advance());
    this.waiting.push(channel);
    this.advance();
    return channel;
  }

  writeNow(text: string): void {
    const last = this.waiting.at(-1);
    if (last) last.write(text);
    else this.sink(text);
  }

  private advance(): void {
    for (let head = this.waiting[0]; head; head = this.waiting[0]) {
      head.stream(this.sink);
      if (!head.closed) return;
      this.waiting.shift();
    }
  }
}

class Channel {
  closed = false;
  /** How often something was written. */
  lines = 0;
  private held = "";
  private openLine = false;
  private sink: ((text: string) => void) | undefined;

  private readonly advance: () => void;

  constructor(advance: () => void) {
    this.advance = advance;
  }

  write(text: string): void {
    this.lines += 1;
    this.emit(this.openLine ? `\n${text}` : text);
    this.openLine = !text.endsWith("\n");
  }

  writeDot(): void {
    if (this.openLine) this.emit(".");
  }

  endTimed(outcome: string): void {
    this.emit(this.openLine ? ` ${outcome}\n` : `    - Done ${outcome}\n`);
    this.openLine = false;
  }

  stream(sink: (text: string) => void): void {
    this.sink = sink;
    if (this.held) sink(this.held);
    this.held = "";
  }

  close(): void {
    if (this.openLine) this.emit("\n");
    this.closed = true;
    this.advance();
  }

  private emit(text: string): void {
    if (this.sink) this.sink(text);
    else this.held += text;
  }
}
