import type { Process } from "../../cnb/launch.ts";
import { parseProcessType } from "../../cnb/names.ts";
import type { Section } from "../../output/printer.ts";
import { defaultWebProcess } from "../../ruby/default-process.ts";
import { findGem } from "../../ruby/gemfile-lock.ts";
import type { Project } from "./read-project.ts";

/** Chooses what the image runs by default (contract: Process types), and prints it. */
export function chooseProcesses(project: Project, section: Section): Process[] {
  const { locked, configRu, binRails } = project;
  const web = defaultWebProcess({
    railties: findGem(locked, "railties") !== undefined,
    rack: findGem(locked, "rack") !== undefined,
    configRu,
    binRails,
  });
  if (web.framework === "none") {
    section.say(`No default web process: ${web.because}`);
    section.detail("Add a `Procfile` with a `web` line and a Procfile buildpack to start one");
    return [];
  }
  section.say(`\`web\` (default), because ${web.because}: \`${web.script}\``);
  return [webProcess(web.script)];
}

// One shell line as the whole command: it reads PORT and RAILS_ENV when the app starts, and what a
// user appends becomes its "$@".
function webProcess(script: string): Process {
  const type = parseProcessType("web");
  if (type === undefined) throw new Error("`web` is a process type");
  return { type, command: ["sh", "-c", script, "web"], args: [], default: true };
}
