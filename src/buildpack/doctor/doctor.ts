import type { Diagnosis } from "../../output/diagnosis.ts";
import { withView } from "../../system/listing/tree-view.ts";
import { detect } from "../detect.ts";
import { BuildpackError } from "../../failure.ts";
import { chooseVersions, type Versions } from "../interpreter/interpreter.ts";
import { checkScripts, type Project, readProject, requireChecksums } from "../project/project.ts";
import { reportConflicts, reportProject } from "../report/report.ts";
import type { DoctorRequest } from "./doctor-request.ts";
import { examineArtifacts } from "./examine-artifacts.ts";
import { examineAssets, examineJavaScript, examineProcesses } from "./examine-processes.ts";
import { examineJava, examinePlatforms } from "./examine-platforms.ts";
import { examineSystem } from "./examine-system.ts";
import { examineVariables } from "./examine-variables.ts";
import { type Examination, openExamination } from "./examination.ts";
import { listSettings } from "./list-settings.ts";

/**
 * Finds out everything about a build of an app that can be known without building: does the steps of a build
 * that only read. Runs nothing, writes nothing, uses no network, and follows no link out of the app.
 */
export async function diagnose(request: DoctorRequest): Promise<Diagnosis> {
  const examination = await openExamination(request);
  const app = { root: request.appDir, as: "copy", hides: request.hides } as const;
  const image = { root: request.root, as: "root" } as const;
  const examine = async () => {
    if (await examineDetection(examination)) await examineApp(examination);
    await listSettings(examination);
  };
  await withView(app, async () => {
    if (request.root === "/") await examine();
    else await withView(image, examine);
  });
  return examination.result();
}

async function examineApp(examination: Examination): Promise<void> {
  const { attempt, context } = examination;
  const { appDir, platform } = context.input;
  const project = await attempt(async () => await readProject(appDir, platform.env));
  if (!project) return;
  await attempt(async () => await reportProject(context, project));
  await attempt(async () => await checkScripts(project));
  await attempt(() => requireChecksums(project, context.settings));
  const versions = await attempt(async () => await chooseVersions(context, project));
  if (versions) await examineVersions(examination, project, versions);
  await examineJavaScript(examination, project);
  await examineAssets(examination, project);
  await examineProcesses(examination, project);
  await examineVariables(examination, project);
}

async function examineVersions(
  examination: Examination,
  project: Project,
  versions: Versions,
): Promise<void> {
  const { engine, version, engineVersion } = versions.ruby.ruby;
  examination.facts.ruby = {
    engine,
    version: engineVersion ?? version,
    source: versions.ruby.source,
  };
  examination.facts.bundler = { version: versions.bundler, source: versions.bundlerSource };
  await reportConflicts(examination.context, project, versions);
  await examineJava(examination, versions.ruby);
  await examinePlatforms(examination, project, versions.ruby);
  await examineArtifacts(examination, project, versions);
  await examineSystem(examination, project, versions.ruby);
}

/** What `bin/detect` decides. */
async function examineDetection({ attempt, context, facts }: Examination): Promise<boolean> {
  const { input, printer } = context;
  const { id, version } = input.descriptor.buildpack;
  const detection = await detect(input.appDir, input.platform.env);
  await printer.section("Detection", async (section) => {
    if (!detection.pass) {
      facts.detection = { pass: false, because: detection.because, requires: [] };
      section.say(`Not a Ruby app: ${detection.because}`);
      return;
    }
    const { requires, or } = detection.plan;
    const alternatives = [{ requires }, ...or].map((plan) => {
      const names = plan.requires.map(({ name }) => name).filter((name) => name !== "ruby");
      return [...new Set(names)];
    });
    const wishes = alternatives.filter((names) => names.length > 0);
    facts.detection = { pass: true, requires: wishes };
    section.say("A Ruby app: it has a Gemfile or a lockfile");
    if (wishes.length > 0) {
      const either = wishes.map((names) => names.map((name) => `\`${name}\``).join(" and "));
      const optional = wishes.length < alternatives.length ? ", or nothing" : "";
      section.detail(`Asks other buildpacks for ${either.join(", or ")}${optional}`);
    }
  });
  if (!detection.pass) {
    await attempt(() => {
      const outcomes = [`${id}@${version}: ${detection.because}`];
      throw new BuildpackError({ code: "platform/no-group-detected", errors: false, outcomes });
    });
  }
  return detection.pass;
}
