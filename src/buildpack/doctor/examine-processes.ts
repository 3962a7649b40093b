import { join } from "node:path";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import { findProgram } from "../../system/search-path.ts";
import { findAssetManifest, reasonNotToAsk } from "../assets/assets.ts";
import { checkJavaScript } from "../javascript/javascript.ts";
import { adviseOnDatabases, planProcesses } from "../processes/processes.ts";
import type { Project } from "../project/project.ts";
import type { Examination } from "./examination.ts";
import { createRecorder } from "./recorder.ts";

const needsNode = {
  topic: "JavaScript",
  codes: ["node/missing", "node/package-manager-missing"] as const,
  unless: "Unless a buildpack before this one provides it, the build fails:",
};

/** What the app needs of Node. Another buildpack may provide what the root file system does not have. */
export async function examineJavaScript(
  { attempt, condition, context, facts, request }: Examination,
  project: Project,
): Promise<void> {
  const { printer, warnings } = createRecorder();
  await attempt(async () => await checkJavaScript({ ...context, printer }, project), needsNode);
  for (const { topic, lines } of warnings) {
    condition(topic, "Unless a Node buildpack comes before this one:", ...lines);
  }
  if ((facts.detection?.requires ?? []).flat().every((name) => name === "jdk")) return;
  const node = await findProgram("node", context.env["PATH"]);
  if (node === undefined) return;
  facts.node = node;
  await context.printer.section("JavaScript", async (section) => {
    const where = request.rootIsNamed ? `in \`${request.root}\`` : "on this machine";
    section.say(`Node is ${where}: \`${node}\``);
    section.detail("With pack, the image has Node only if a buildpack before this one provides it");
  });
}

/** Whether the build precompiles assets, and with what. */
export async function examineAssets(
  { attempt, context, facts }: Examination,
  project: Project,
): Promise<void> {
  await context.printer.section("Assets", async (section) => {
    const because = await attempt(async () => await reasonNotToAsk(context, project));
    facts.precompilesAssets = because === undefined;
    const found = pipeline.filter((gem) => findGem(project.locked, gem) !== undefined);
    if (because !== undefined) section.say(`Not precompiled, because ${because}`);
    else {
      const manifest = await findAssetManifest(project.dir);
      section.say(
        manifest === undefined
          ? "Precompiled by rake, if the app has the task `assets:precompile`"
          : `Not precompiled, because the app contains \`public/assets/${manifest}\``,
      );
    }
    if (found.length > 0) section.detail(`Gems in the lockfile: ${found.join(", ")}`);
  });
}

const pipeline = [
  ...["propshaft", "sprockets-rails", "importmap-rails", "jsbundling-rails", "cssbundling-rails"],
  ...["tailwindcss-rails", "dartsass-rails", "vite_ruby", "shakapacker", "webpacker"],
];

/** The processes of the image. Groups of gems are not known before gems are installed. */
export async function examineProcesses(
  { attempt, context, facts }: Examination,
  project: Project,
): Promise<void> {
  await context.printer.section("Processes", async (section) => {
    const processes = await attempt(
      async () =>
        await planProcesses(context.settings, project, section, async () => {
          section.say("Which rake task runs the tests is known once the gems are installed");
          return new Set(["default"]);
        }),
    );
    facts.processes = processes?.map(({ type, command, args, default: isDefault }) => {
      return { type, command: [...command, ...(args ?? [])], default: isDefault };
    });
    await adviseOnDatabases(project, section, join("/workspace", project.path));
  });
}
