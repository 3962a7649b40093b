// Records what Bundler and RubyGems read in the lockfiles in test/contract/oracle, in 10,000 mutations of
// them, and in versions and platforms. Writes the answers next to them:
//
//     node scripts/lockfiles/oracle.ts [RUBY]
//
// RUBY is Ruby 3.2 or newer (default: `ruby`). Needs network access to download the two libraries.
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCorpus } from "../../test/support/lockfiles/lockfile-corpus.ts";
import { mutations } from "../../test/support/lockfiles/lockfile-mutations.ts";
import { readVectors, type Ask } from "./rubygems-vectors.ts";
import { run, withWork, type Work } from "../work.ts";

const bundlerVersion = "4.0.24";
const rubygemsVersion = "4.0.23";
const mutationCount = 10_000;
const oracle = join(import.meta.dirname, "../../test/contract/oracle");

await withWork("Lockfile oracle", async (work) => {
  const directory = await mkdtemp(join(tmpdir(), "lapidary-oracle-"));
  try {
    const ruby = process.argv[2] ?? "ruby";
    await installLibraries(work, ruby, directory);
    await writeAnswers(work, (questions) => askRuby(work, ruby, directory, questions));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

async function installLibraries(work: Work, ruby: string, directory: string): Promise<void> {
  work.section.say(`Installing Bundler \`${bundlerVersion}\` and RubyGems \`${rubygemsVersion}\``);
  const install = ["-S", "gem", "install", "--no-document", "--install-dir", directory];
  await run(work, ruby, [...install, "bundler", "--version", bundlerVersion]);
  await run(work, ruby, [...install, "rubygems-update", "--version", rubygemsVersion]);
}

async function askRuby(
  work: Work,
  ruby: string,
  directory: string,
  questions: readonly unknown[][],
): Promise<unknown[]> {
  const [asked, answered] = [join(directory, "questions"), join(directory, "answers")];
  await writeFile(asked, questions.map((question) => `${JSON.stringify(question)}\n`).join(""));
  const libraries = [
    `${directory}/gems/rubygems-update-${rubygemsVersion}/lib`,
    `${directory}/gems/bundler-${bundlerVersion}/lib`,
  ].flatMap((library) => ["-I", library]);
  const script = join(import.meta.dirname, "oracle.rb");
  // Paths are relative to a Gemfile.
  await writeFile(join(directory, "Gemfile"), "");
  // Without this Ruby's own RubyGems.
  const args = ["--disable=gems", ...libraries, script, asked, answered];
  await run(work, ruby, args, { cwd: directory });
  const lines = (await readFile(answered, "utf8")).trimEnd().split("\n");
  return lines.map((line): unknown => JSON.parse(line));
}

async function writeAnswers(work: Work, ask: Ask): Promise<void> {
  const corpus = await readCorpus();
  const [about] = await ask([["about"]]);
  work.section.say(`Reading ${corpus.length} lockfiles`);
  const answers = await ask(corpus.map(({ text }) => ["lockfile", text]));
  const lines = corpus.map(({ name }, index) => `${JSON.stringify([name, answers[index]])}\n`);
  await writeFile(join(oracle, "lockfiles.jsonl"), `${JSON.stringify(about)}\n${lines.join("")}`);
  work.section.say(`Reading ${mutationCount} mutations of them`);
  const mutated = await ask(
    [...mutations(corpus, mutationCount)].map((text) => ["lockfile", text]),
  );
  await writeFile(
    join(oracle, "mutations.txt"),
    mutated.map((answer) => `${short(answer)}\n`).join(""),
  );
  work.section.say("Comparing versions and platforms");
  await writeFile(join(oracle, "rubygems.json"), await readVectors(ask));
}

// All answers together would be 60 MB. A digest is enough to see whether two agree.
function short(answer: unknown): string {
  if (typeof answer === "object" && answer !== null && "refused" in answer) return "refused";
  return createHash("sha256").update(JSON.stringify(answer)).digest("hex").slice(0, 12);
}
