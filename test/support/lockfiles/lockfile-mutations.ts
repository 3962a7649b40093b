/** A lockfile that the corpus holds. */
export interface CorpusLockfile {
  name: string;
  text: string;
}

/**
 * `count` lockfiles with something wrong in them, spread evenly over `corpus`. The same corpus
 * always gives the same texts: answers about them can be kept without the texts.
 */
export function* mutations(corpus: readonly CorpusLockfile[], count: number): Generator<string> {
  for (let index = 0; index < count; index++) {
    const original = corpus[index % corpus.length];
    if (original) yield mutate(original.text, generator(index + 1));
  }
}

/** Numbers from 0 up to, not including, a limit. */
type Random = (limit: number) => number;

// mulberry32: 32 bits of state are plenty to pick lines and characters.
function generator(seed: number): Random {
  let state = seed * 0x9e3779b1;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

function mutate(text: string, random: Random): string {
  let mutated = text;
  for (let times = 1 + random(3); times > 0; times--) {
    mutated = pick(changes, random)(mutated, random);
  }
  return mutated;
}

const changes: readonly ((text: string, random: Random) => string)[] = [
  (text, random) => onLines(text, random, (lines, at) => lines.splice(at, 1)),
  (text, random) => onLines(text, random, (lines, at) => lines.splice(at, 0, lines[at] ?? "")),
  (text, random) => onLines(text, random, (lines, at) => moveLine(lines, at, random)),
  (text, random) => onLines(text, random, (lines, at) => indentLine(lines, at, random)),
  (text, random) => onLines(text, random, (lines, at) => lines.splice(at, 0, pick(odd, random))),
  (text, random) => onLines(text, random, (lines, at) => lines.splice(at, 1, pick(odd, random))),
  (text, random) => text.slice(0, random(text.length + 1)),
  (text, random) => text.slice(random(text.length + 1)),
  swapSections,
  (text) => text.replaceAll("\n", "\r\n"),
  insertCharacter,
  deleteCharacter,
  replaceCharacter,
  insertCharacter,
  deleteCharacter,
  replaceCharacter,
];

function onLines(
  text: string,
  random: Random,
  change: (lines: string[], at: number) => unknown,
): string {
  const lines = text.split("\n");
  change(lines, random(lines.length));
  return lines.join("\n");
}

function moveLine(lines: string[], from: number, random: Random): void {
  const [line = ""] = lines.splice(from, 1);
  lines.splice(random(lines.length + 1), 0, line);
}

function indentLine(lines: string[], at: number, random: Random): void {
  const indent = pick(["", " ", "  ", "   ", "    ", "      ", "        ", "\t"], random);
  lines[at] = indent + (lines[at] ?? "").trimStart();
}

function swapSections(text: string, random: Random): string {
  const sections = text.split("\n\n");
  const [a, b] = [random(sections.length), random(sections.length)];
  [sections[a], sections[b]] = [sections[b] ?? "", sections[a] ?? ""];
  return sections.join("\n\n");
}

function insertCharacter(text: string, random: Random): string {
  const at = random(text.length + 1);
  return text.slice(0, at) + pick(characters, random) + text.slice(at);
}

function deleteCharacter(text: string, random: Random): string {
  const at = random(text.length + 1);
  return text.slice(0, at) + text.slice(at + 1);
}

function replaceCharacter(text: string, random: Random): string {
  const at = random(text.length + 1);
  return text.slice(0, at) + pick(characters, random) + text.slice(at + 1);
}

function pick<T>(choices: readonly T[], random: Random): T {
  const choice = choices[random(choices.length)];
  if (choice === undefined) throw new Error("There is nothing to pick from");
  return choice;
}

const characters = " \t\r\n()-.,!=<>~:/@#%[]09aZ_\0\u000b\u00e9\u2028\ufeff".split("");

const odd = [
  "GEM",
  "GIT",
  "PATH",
  "PLUGIN SOURCE",
  "  specs:",
  "  remote: https://gems.example.com/private",
  "  remote: ../elsewhere",
  "  remote: false",
  "  branch: true",
  "  glob: *.gemspec",
  "  submodules: true",
  "PLATFORMS",
  "  x86-mswin32-60",
  "  java",
  "DEPENDENCIES",
  "  rails (~> 7.1, >= 7.1.2)!",
  "  rake (= 13.0)",
  "CHECKSUMS",
  "  rack (3.0.8) sha256=00",
  "  rack (3.0.8)",
  "  bundler (4.0.24) md5=0123",
  "RUBY VERSION",
  "   ruby 3.4.0.preview1",
  "BUNDLED WITH",
  "   2.0.0.pre.3",
  "   next",
  "<<<<<<< HEAD",
  "=======",
  "|||||||",
  ">>>>>>> topic",
  "FUTURE SECTION",
  "    nokogiri (1.16.0-x86_64-linux-musl)",
  "    nokogiri (1.16.0-x86-mswin32)",
  "      racc (~> 1.4, != 1.4.5)",
  "      racc (~> 1.4",
  "    rake (not.a.version)",
  "    rake",
  "# a comment",
];
