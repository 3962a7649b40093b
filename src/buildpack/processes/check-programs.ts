import { join } from "node:path";
import type { Section } from "../../output/printer.ts";
import type { ProcfileEntry } from "../../procfile.ts";
import { appProgram } from "../../ruby/processes/app-program.ts";
import { isProgram, statIfAny } from "../../system/files.ts";

/**
 * Warns about processes of the Procfile that cannot start, because the app does not have their program or nobody may
 * execute it.
 *
 * @param dir - The project.
 */
export async function checkPrograms(
  dir: string,
  entries: readonly ProcfileEntry[],
  section: Section,
): Promise<void> {
  for (const { type, line } of entries) {
    const program = appProgram(line);
    if (program === undefined) continue;
    const path = join(dir, program);
    if (await isProgram(path)) continue;
    if ((await statIfAny(path)) === undefined) {
      section.warn(`\`${type}\` of the Procfile will not start: the app has no \`${program}\`.`);
    } else {
      section.warn(
        `\`${type}\` of the Procfile will not start: \`${program}\` is not executable.`,
        `Fix: git update-index --chmod=+x ${program}`,
      );
    }
  }
}
