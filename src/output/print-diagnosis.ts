import type { Diagnosis } from "./diagnosis.ts";
import type { Printer } from "./printer.ts";

/** Prints what the doctor found: what a build would say, then what it would need, then what stops it. */
export async function printDiagnosis(printer: Printer, diagnosis: Diagnosis): Promise<void> {
  const { target, app, log, conditions, errors } = diagnosis;
  const distro = target.distro ? `, ${target.distro.name} ${target.distro.version}` : "";
  printer.header(`Examining ${app} for ${target.os}/${target.arch}${distro}`);
  for (const { title, lines } of log) {
    if (lines.length > 0) await printSection(printer, title, lines);
  }
  if (conditions.length > 0) {
    await printer.section("What the build needs", async (section) => {
      for (const { lines } of conditions) section.warn(...lines);
    });
  }
  for (const { lines } of errors) {
    printer.plain("");
    printer.error(lines);
  }
  printer.plain("", verdict(diagnosis));
}

async function printSection(
  printer: Printer,
  title: string,
  lines: Diagnosis["log"][number]["lines"],
): Promise<void> {
  await printer.section(title, async (section) => {
    for (const { kind, text } of lines) {
      if (kind === "warning") section.warn(text);
      else if (kind === "detail") section.detail(text);
      else section.say(text);
    }
  });
}

function verdict({ errors, conditions, warnings }: Diagnosis): string {
  const found = [count(conditions.length, "requirement"), count(warnings.length, "warning")].filter(
    (part) => part !== undefined,
  );
  if (errors.length === 0) return `${["No errors found", ...found].join(", ")}.`;
  return `A build would fail (${[count(errors.length, "error"), ...found].join(", ")}).`;
}

function count(number: number, what: string): string | undefined {
  if (number === 0) return undefined;
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
