import type { Diagnosis } from "../output/diagnosis.ts";
import { printDiagnosis } from "../output/print-diagnosis.ts";
import type { CommandContext } from "./command-context.ts";
import { type DoctorInput, readDoctorInput } from "./doctor-input.ts";
import type { DoctorFlags } from "./doctor-options.ts";
import { asJson } from "./report-file.ts";

export interface DoctorContext extends Pick<CommandContext, "cwd" | "env" | "printer"> {
  /** Examines an app with our own buildpack. */
  diagnose: (input: DoctorInput) => Promise<Diagnosis>;
  /** Writes to standard output. */
  write: (text: string) => void;
}

/** `lapidary doctor`: prints what was found. Resolves to the exit code: 1 if a build would certainly fail. */
export async function doctorCommand(
  appPath: string,
  flags: DoctorFlags,
  context: DoctorContext,
): Promise<number> {
  const diagnosis = await context.diagnose(await readDoctorInput(appPath, flags, context));
  if (flags.json) context.write(asJson(diagnosis));
  else await printDiagnosis(context.printer, diagnosis);
  return diagnosis.fails ? 1 : 0;
}
