import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { diagnose } from "../../../src/buildpack/doctor/doctor.ts";
import type { DoctorRequest } from "../../../src/buildpack/doctor/doctor-request.ts";
import { type Diagnosis, diagnosisSchema } from "../../../src/output/diagnosis.ts";
import { addToTree, makeTree } from "../tree.ts";

const checkout = fileURLToPath(new URL("../../..", import.meta.url));

/** A root file system of Debian 12 with these files, and with executable programs of these names. */
export async function makeRoot(
  files: Readonly<Record<string, string>> = {},
  programs: readonly string[] = [],
): Promise<string> {
  const root = await makeTree({ "etc/os-release": 'ID=debian\nVERSION_ID="12"\n', ...files });
  for (const name of programs) {
    await addToTree(root, { [`usr/bin/${name}`]: "#!/bin/sh\n" });
    await chmod(join(root, "usr/bin", name), 0o755);
  }
  return root;
}

/** Examines an app on 2026-08-06 for amd64 in an empty Debian 12, unless stated. The result fits its schema. */
export async function examine(
  app: string,
  request: Partial<DoctorRequest> = {},
): Promise<Diagnosis> {
  const root = request.root ?? (await makeRoot());
  const diagnosis = await diagnose({
    appDir: app,
    shownAs: "shop",
    hides: () => false,
    buildpackDir: checkout,
    env: {},
    sourceOf: () => "--env",
    notPassed: [],
    imageEnv: { PATH: join(root, "usr/bin") },
    bindings: [],
    ignoredBindings: [],
    target: { os: "linux", arch: "amd64", distro: { name: "debian", version: "12" } },
    root,
    rootIsNamed: true,
    clock: { now: () => 0, today: () => "2026-08-06" },
    signal: new AbortController().signal,
    ...request,
  });
  return diagnosisSchema.parse(diagnosis);
}

/** Everything that the doctor prints of an app, one line each. */
export function linesOf({ log, conditions, errors }: Diagnosis): string[] {
  return [
    ...log.flatMap(({ lines }) => lines.map(({ text }) => text)),
    ...[...conditions, ...errors].flatMap(({ lines }) => lines),
  ];
}

/** A lockfile with these gems, each `name (version)`, for amd64 and with what else is stated. */
export function lockfile(
  gems: readonly string[],
  { ruby = "ruby 3.4.10", platforms = ["x86_64-linux"], remote = "https://rubygems.org/" } = {},
): string {
  return [
    ...["GEM", `  remote: ${remote}`, "  specs:", ...gems.map((gem) => `    ${gem}`), ""],
    ...["PLATFORMS", ...platforms.map((name) => `  ${name}`), ""],
    ...["DEPENDENCIES", ...gems.map((gem) => `  ${gem.replace(/ .*/, "")}`), ""],
    ...["RUBY VERSION", `   ${ruby}`, "", "BUNDLED WITH", "   2.7.2", ""],
  ].join("\n");
}
