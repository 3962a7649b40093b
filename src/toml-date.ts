/** A date, a time or both, with the zone in which it was written, if any. Its parts are valid, and written as in TOML. */
export class TomlDate {
  /** `2024-05-06`; none in a local time. */
  readonly date: string | undefined;
  /** `07:08:09`, with a fraction of up to nine digits and without zeros at its end; none in a local date. */
  readonly time: string | undefined;
  /** `Z` or `+02:00`; none in what is local. */
  readonly zone: string | undefined;

  constructor({ date, time, zone }: Pick<TomlDate, "date" | "time" | "zone">) {
    this.date = date;
    this.time = time;
    this.zone = zone;
  }

  toString(): string {
    return (
      [this.date, this.time].filter((part) => part !== undefined).join("T") + (this.zone ?? "")
    );
  }

  toJSON(): string {
    return this.toString();
  }
}

/** A date or a time in a document. `date` is undefined if there is no such day or time. */
export interface DateLiteral {
  start: number;
  end: number;
  date: TomlDate | undefined;
}

/**
 * Finds the dates and times among the values of a TOML document. Skips strings, comments and
 * keys, even if they look like dates. Of a text that is not TOML, it finds some or none.
 */
export function* dateLiterals(text: string): Generator<DateLiteral> {
  const open: string[] = [];
  // Whether a value may begin here: else it is the place of a key, or behind a value.
  let isValue = false;
  for (let at = 0; at < text.length;) {
    const sign = text[at] ?? "";
    if (sign === "#") at = endOfLine(text, at);
    else if (sign === '"' || sign === "'") [at, isValue] = [endOfString(text, at, sign), false];
    else if (isValue && /[^\s,[\]{}=]/.test(sign)) {
      const literal = literalAt(text, at);
      if (literal.isDate) yield { start: at, end: literal.end, date: parseDate(literal.text) };
      [at, isValue] = [literal.end, false];
    } else {
      isValue = valueAfter(sign, isValue, open);
      at += 1;
    }
  }
}

/** Whether a value may begin after a character. `open` are the brackets that are open there; it is updated. */
function valueAfter(sign: string, isValue: boolean, open: string[]): boolean {
  switch (sign) {
    case "=":
      return true;
    case ",":
      return open.at(-1) === "[";
    case "\n":
      return isValue && open.length > 0;
    case "[":
    case "{":
      // Otherwise it is the header of a table.
      if (isValue) open.push(sign);
      return isValue && sign === "[";
    case "]":
    case "}":
      if (open.at(-1) === (sign === "]" ? "[" : "{")) open.pop();
      return false;
    default:
      return isValue;
  }
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}

function endOfString(text: string, start: number, quote: string): number {
  const isLong = text.startsWith(quote.repeat(3), start);
  const closing = isLong ? quote.repeat(3) : quote;
  for (let at = start + closing.length; at < text.length; at += 1) {
    if (text[at] === "\\" && quote === '"') at += 1;
    else if (text.startsWith(closing, at)) {
      at += closing.length;
      // Up to two quotes before the closing ones belong to the text.
      if (!isLong || text[at] !== quote) return at;
      return text[at + 1] === quote ? at + 2 : at + 1;
    }
  }
  return text.length;
}

function literalAt(text: string, start: number): { text: string; end: number; isDate: boolean } {
  const word = wordAt(text, start);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(word);
  const behind = start + word.length;
  // A date and a time may stand side by side.
  const isPair = isDay && /^ \d{2}:/.test(text.slice(behind, behind + 4));
  const literal = isPair ? `${word} ${wordAt(text, behind + 1)}` : word;
  return { text: literal, end: start + literal.length, isDate: shape.test(literal) };
}

function wordAt(text: string, at: number): string {
  word.lastIndex = at;
  return word.exec(text)?.[0] ?? "";
}

const word = /[^\s,[\]{}#]+/y;

const shape =
  /^(?:(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[Tt ](?=\d)|$))?(?:(?<clock>(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.(?<fraction>\d+))?)?)(?<zone>[Zz]|[-+]\d{2}:\d{2})?)?$/;

function parseDate(text: string): TomlDate | undefined {
  const { year, month, day, clock, zone, ...rest } = shape.exec(text)?.groups ?? {};
  const { hour = "00", minute = "00", second = "00", fraction = "" } = rest;
  const hasDate = year !== undefined;
  if (hasDate && Number(day) > daysIn(Number(year), Number(month))) return undefined;
  if (hasDate && Number(day) === 0) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (zone !== undefined && (!hasDate || !isZone(zone))) return undefined;
  const digits = fraction.slice(0, 9).replace(/0+$/, "");
  return new TomlDate({
    date: hasDate ? `${year}-${month}-${day}` : undefined,
    time: clock && `${hour}:${minute}:${second}${digits === "" ? "" : `.${digits}`}`,
    zone: zone?.replace(/^(?:z|[-+]00:00)$/, "Z"),
  });
}

/** As in lifecycles, a zone may be a whole day away. */
function isZone(zone: string): boolean {
  const [hours, minutes] = zone.slice(1).split(":").map(Number);
  return (hours ?? 0) <= 24 && (minutes ?? 0) <= 60;
}

/** None in a month that does not exist. */
function daysIn(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return isLeap ? 29 : 28;
  return [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month] ?? 0;
}
