import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseGemfileLock } from "../../src/ruby/lockfile/gemfile-lock.ts";
import { readCorpus } from "../support/lockfile-corpus.ts";
import { fieldsOf } from "../support/lockfile-fields.ts";
import { mutations } from "../support/lockfile-mutations.ts";

// What Bundler answered; scripts/lockfile-oracle.ts asks it again.
const [about = "", ...answers] = linesOf("lockfiles.jsonl");
const mutationAnswers = linesOf("mutations.txt");
const corpus = await readCorpus();

describe("Bundler::LockfileParser", () => {
  test("was asked about every lockfile of the corpus, more than sixty, half of them Bundler's", () => {
    expect(answers.map(nameOf)).toEqual(corpus.map(({ name }) => name));
    expect(corpus.length).toBeGreaterThanOrEqual(60);
    expect(corpus.filter(({ name }) => name.startsWith("bundler/")).length).toBeGreaterThanOrEqual(
      30,
    );
    expect(JSON.parse(about)).toMatchObject({ bundler: expect.stringMatching(/^4\./) as string });
  });

  test.each(answers.map((line) => JSON.parse(line) as [name: string, answer: object]))(
    "reads %s as we do",
    (name, answer) => {
      const text = corpus.find((lockfile) => lockfile.name === name)?.text ?? "";
      const parsed = parseGemfileLock(text);
      const mine = parsed.kind === "refused" ? "refused" : fieldsOf(parsed.lockfile);
      expect(mine).toEqual("refused" in answer ? "refused" : answer);
    },
  );

  test("agrees with us on ten thousand mutations, or refuses what we refuse", () => {
    const mine = [...mutations(corpus, 10_000)].map(shortAnswer);
    const differing = mine.flatMap((answer, index) =>
      answer === mutationAnswers[index] ? [] : [`${index}: ${corpus[index % corpus.length]?.name}`],
    );
    expect(mutationAnswers).toHaveLength(10_000);
    expect(differing).toEqual([]);
  }, 120_000);
});

function linesOf(file: string): string[] {
  const text = readFileSync(join(import.meta.dirname, "oracle", file), "utf8");
  return text.trimEnd().split("\n");
}

function nameOf(line: string): string {
  return (JSON.parse(line) as [string])[0];
}

function shortAnswer(text: string): string {
  const parsed = parseGemfileLock(text);
  if (parsed.kind === "refused") return "refused";
  const fields = JSON.stringify(fieldsOf(parsed.lockfile));
  return createHash("sha256").update(fields).digest("hex").slice(0, 12);
}
