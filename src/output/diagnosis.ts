import * as z from "zod";

const lines = z.array(z.string()).describe("One sentence or one command each");
const strings = z.array(z.string());

const target = z.strictObject({
  os: z.string(),
  arch: z.string().describe("amd64 or arm64"),
  distro: z.strictObject({ name: z.string(), version: z.string() }).optional(),
});

const detection = z.strictObject({
  pass: z.boolean(),
  because: z.string().optional().describe("Why it is not a Ruby app"),
  requires: z
    .array(strings)
    .describe("What other buildpacks have to provide: alternatives, the best first"),
});

const ruby = z.strictObject({
  engine: z.string().describe("ruby or jruby"),
  version: z.string().describe("The engine's own version"),
  source: z.string().describe("Where the version comes from"),
  archive: z
    .enum(["prebuilt", "portable", "source"])
    .optional()
    .describe(
      "prebuilt: an archive for the distribution; portable: an archive for any; source: it is compiled. Missing if that is not known",
    ),
});

const process = z.strictObject({
  type: z.string(),
  command: strings,
  default: z.boolean(),
});

const library = z.strictObject({
  names: strings.describe("Any one of them is enough"),
  gems: strings,
  package: z.string().optional().describe("Its package in Debian and Ubuntu"),
  present: z.boolean().describe("Whether the root file system has it"),
});

const buildPackage = z.strictObject({
  package: z.string(),
  gems: strings,
  present: z.boolean().optional().describe("Missing if the root file system does not use dpkg"),
});

/** What `lapidary doctor --json` prints. A new version of it gets another number. */
export const diagnosisSchema = z.strictObject({
  schemaVersion: z.literal(1),
  app: z.string().describe("The path as it was typed"),
  fails: z.boolean().describe("Whether a build would certainly fail: the exit code is then 1"),
  target,
  detection,
  ruby: ruby.optional(),
  bundler: z.strictObject({ version: z.string(), source: z.string() }).optional(),
  node: z.string().optional().describe("The path of the Node that a build in this root would use"),
  java: z.string().optional().describe("The path of the Java that a build in this root would use"),
  platforms: strings.optional().describe("PLATFORMS of the lockfile"),
  precompilesAssets: z.boolean().optional().describe("Whether the build looks for that rake task"),
  processes: z.array(process).optional(),
  libraries: z.array(library).optional().describe("What the run image must have"),
  packagesToCompile: z.array(buildPackage).optional().describe("What the build image must have"),
  settings: z.array(z.strictObject({ name: z.string(), value: z.string(), source: z.string() })),
  errors: z
    .array(z.strictObject({ code: z.string(), lines }))
    .describe("With each of these, the build fails. The lines are those of the build"),
  conditions: z
    .array(z.strictObject({ topic: z.string(), code: z.string().optional(), lines }))
    .describe("What only the build can know: without it, the build or the app fails"),
  warnings: z.array(z.strictObject({ topic: z.string(), lines })).describe("As the build warns"),
  log: z
    .array(
      z.strictObject({
        title: z.string(),
        lines: z.array(
          z.strictObject({ kind: z.enum(["line", "detail", "warning"]), text: z.string() }),
        ),
      }),
    )
    .describe("What the doctor prints without --json, section by section"),
});

export type Diagnosis = z.output<typeof diagnosisSchema>;
