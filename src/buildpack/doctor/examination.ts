import { readBuildpackDescriptor } from "../../cnb/buildpack-descriptor.ts";
import { buildpackApi } from "../../cnb/phase-input.ts";
import { BuildpackError, type Failure, type FailureCode } from "../../failure.ts";
import type { Diagnosis } from "../../output/diagnosis.ts";
import { failureLines } from "../../output/print-failure.ts";
import type { Printer } from "../../output/printer.ts";
import { readSettings } from "../../settings.ts";
import { systemFailure } from "../../system/system-failure.ts";
import type { BuildContext } from "../build-context.ts";
import type { DoctorRequest } from "./doctor-request.ts";
import { clean, createRecorder, printable } from "./recorder.ts";

/** One examination of an app: steps of a build, in a context that can neither run nor download anything. */
export interface Examination {
  context: BuildContext;
  request: DoctorRequest;
  /** What is known so far. */
  facts: Partial<Diagnosis>;
  /**
   * Does a step of the build. If the build would fail there, keeps the failure: as a condition if it depends on
   * something that only the build has, or else as an error.
   *
   * @returns what the step returns; `undefined` after a failure.
   */
  attempt: <T>(step: () => T | Promise<T>, depends?: Dependence) => Promise<T | undefined>;
  /** Keeps what the build needs but only the build can know. */
  condition: (topic: string, ...lines: string[]) => void;
  result(): Diagnosis;
}

/** Which failures depend on something that only the build has. */
export interface Dependence {
  topic: string;
  codes: readonly FailureCode[];
  /** What prevents them, as the beginning of the condition. */
  unless: string;
}

export async function openExamination(request: DoctorRequest): Promise<Examination> {
  const { log, warnings, printer } = createRecorder();
  const errors: Diagnosis["errors"] = [];
  const conditions: Diagnosis["conditions"] = [];
  const facts: Partial<Diagnosis> = {};
  const keep = (failure: Failure, depends?: Dependence) => {
    const [code, lines] = [failure.code, failureLines(failure).map(clean)];
    if (!depends?.codes.includes(code)) errors.push({ code, lines });
    else conditions.push({ topic: depends.topic, code, lines: [clean(depends.unless), ...lines] });
  };
  return {
    context: await contextOf(request, printer, keep),
    request,
    facts,
    attempt: async (step, depends) => {
      try {
        return await step();
      } catch (error) {
        const known = error instanceof BuildpackError ? error : systemFailure(error);
        if (!known) throw error;
        keep(known.failure, depends);
        return undefined;
      }
    },
    condition: (topic, ...lines) => void conditions.push({ topic, lines: lines.map(clean) }),
    result: () => ({ ...beginning(request), ...printable(facts), ...ending(), warnings, log }),
  };

  function ending() {
    return { fails: errors.length > 0, errors, conditions };
  }
}

function beginning({ shownAs, target: { os, arch, distro } }: DoctorRequest) {
  return {
    schemaVersion: 1 as const,
    app: clean(shownAs),
    target: { os, arch, ...(distro ? { distro } : {}) },
    detection: { pass: false, requires: [] },
    settings: [],
  };
}

async function contextOf(
  request: DoctorRequest,
  printer: Printer,
  refuse: (failure: Failure) => void,
): Promise<BuildContext> {
  const { appDir, buildpackDir, env, target, bindings, ignoredBindings, clock, signal } = request;
  return {
    input: {
      appDir,
      layersDir: "/layers",
      buildpackDir,
      descriptor: await readBuildpackDescriptor(buildpackDir, [buildpackApi]),
      platform: { dir: "/platform", env, bindings, ignoredBindings },
      target,
      plan: { entries: [] },
      store: {},
    },
    settings: validSettings(env, refuse),
    env: { ...request.imageEnv, ...env },
    printer,
    run: async () => await Promise.reject(new Error("The doctor runs no command")),
    fetcher: {
      get: async () => await Promise.reject(new Error("The doctor downloads nothing")),
      close: async () => {},
    },
    clock,
    signal,
  };
}

/** The settings without those that are invalid, each of which is refused. */
function validSettings(
  env: Readonly<Record<string, string>>,
  refuse: (failure: Failure) => void,
): BuildContext["settings"] {
  const read = readSettings(env);
  if ("settings" in read) return read.settings;
  refuse({ code: "settings/invalid", ...read.invalid });
  const { [read.invalid.key]: _invalid, ...rest } = env;
  return validSettings(rest, refuse);
}
