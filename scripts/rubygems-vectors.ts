/** Asks the oracle; answers come in the order of the questions. */
export type Ask = (questions: readonly unknown[][]) => Promise<unknown[]>;

/**
 * How RubyGems parses and orders versions and matches platforms, and how Bundler parses Rubies, as
 * JSON: `order[i]` says for version i how it compares to each other one, `matches[i]` which machines
 * platform i suits.
 */
export async function readVectors(ask: Ask): Promise<string> {
  const fields = {
    versions: await pairUp(ask, "version", versions),
    order: await grid(ask, "compare", ordered, ordered, "<=>"),
    platforms: await pairUp(ask, "platform", platforms),
    matches: await grid(ask, "platform-matches", platforms, machines, "01"),
    rubies: await pairUp(ask, "ruby-version", rubies),
  };
  const lines = Object.entries({ ordered, machines, ...fields }).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(",\n")}\n}\n`;
}

async function pairUp(ask: Ask, question: string, texts: readonly string[]): Promise<unknown[][]> {
  const answers = await ask(texts.map((text) => [question, text]));
  return texts.map((text, index) => [text, answers[index]]);
}

// One row of signs for each of `rows`; a question that RubyGems refuses is answered with `?`.
async function grid(
  ask: Ask,
  question: string,
  rows: readonly string[],
  columns: readonly string[],
  signs: "<=>" | "01",
): Promise<unknown[][]> {
  const questions = rows.flatMap((row) => columns.map((column) => [question, row, column]));
  const answers = await ask(questions);
  return rows.map((row, at) => {
    const own = answers.slice(at * columns.length, (at + 1) * columns.length);
    return [row, own.map((answer) => sign(answer, signs)).join("")];
  });
}

function sign(answer: unknown, signs: "<=>" | "01"): string {
  if (typeof answer === "number") return signs[answer + 1] ?? "?";
  return typeof answer === "boolean" ? (signs[Number(answer)] ?? "?") : "?";
}

const ordered = [
  ..."1.a0.0.b 1.a0.b 1.0.a.0.b 1.a.0.b 1.a.b.0.0 1.00.a 1.0.5.a 10.0.a 1.10.0 1.0.0a 1.a0 1.a00.1".split(
    " ",
  ),
  ..."0 0.0.0 0.a 0.0.a 1 1.0 1.0.0 01.0 1.0.a 1.a 1.0.a.0 1.0.0.a 1.a.1 1.a1 1.a.10 1.a.2 1.a.b".split(
    " ",
  ),
  ..."1.0.0.pre 1.0.0.pre1 1.0.0.pre.1 1.0.0.pre.2 1.0.0-1 1.0-rc.1 1.0.0.rc1 1.0.0.rc2 1.0.0.RC1".split(
    " ",
  ),
  ..."1.0.b2 1.0.b10 1.0.b2.1 1.0.1 1.0.10 1.0.2 1.1 1.1.a 1.1.rc.1 1.2 1.2.3 1.2.3.4 1.2.3.a.4".split(
    " ",
  ),
  ..."1.2.b3.4 1.3 1.9.3 1.10 2 2.0 2.0.0.pre.3 2.0.0.preview1 2.0.0.rc2 2.1 2.1.4.1 2.9 2.10".split(
    " ",
  ),
  ..."3.0.0.dev 3.3.8 3.4.0.preview1 3.4.0.preview2 3.4.0.rc1 3.4.0 3.4.1 4.0.0.beta2 4.0.24".split(
    " ",
  ),
  ..."5.x 5.0.0.rc2 5.0.0.racecar1 8.1.4.1 9 10 20230101 20230101.123456789012345678901234567890".split(
    " ",
  ),
  ..."99999999999999999999 99999999999999999999.1 0.1.0 00.01 0.0.1.a 1.2.3.4.5.6.7 1.0.A 1.0.Z 1.0.z".split(
    " ",
  ),
];

const versions = [
  ...ordered,
  "",
  " ",
  " 1.0 ",
  "1.0\n",
  "1.0\n2.0",
  "\t1",
  "1 2",
  "1.",
  ".1",
  "1..2",
  "a",
  "a.1",
  "1.2.a.",
  "1-",
  "1--a",
  "1.0-x86",
  "1.0+1",
  "v1",
  "1,0",
  "1.0\0",
  "\0",
  "1_0",
  "1.2.3-",
  "1-a-b.c-d",
  "\u0661.0",
  "1.\u00e9",
  "~> 1",
  "1-1",
];

const platforms = [
  ..."ruby x86_64-linux x86_64-linux-gnu x86_64-linux-musl x86-linux x86-linux-gnu x86-linux-musl".split(
    " ",
  ),
  ..."aarch64-linux aarch64-linux-gnu aarch64-linux-musl arm64-linux arm-linux arm-linux-gnu arm-linux-musl".split(
    " ",
  ),
  ..."arm-linux-gnueabihf arm-linux-gnueabi arm-linux-musleabihf arm-linux-musleabi arm-linux-eabihf".split(
    " ",
  ),
  ..."arm-linux-eabi armv7l-linux armv7l-linux-gnueabihf armv6-linux-musleabihf armv8-linux armv7-linux-eabi".split(
    " ",
  ),
  ..."i686-linux i386-linux-musl x86_64-linux-uclibc x86_64-linux-android ppc64le-linux s390x-linux-gnu".split(
    " ",
  ),
  ..."riscv64-linux riscv64-linux-gnu loongarch64-linux universal-linux universal x86_64 linux linux-musl".split(
    " ",
  ),
  ..."x86_64-darwin x86_64-darwin-19 x86_64-darwin19 x86_64-darwin20.1 arm64-darwin arm64-darwin-22".split(
    " ",
  ),
  ..."universal-darwin universal-darwin-21 darwin darwin9 java jruby java-11 java1.8 universal-java".split(
    " ",
  ),
  ..."universal-java-11 universal-java-17 x86-mingw32 x64-mingw32 x64-mingw-ucrt x64-mingw aarch64-mingw-ucrt".split(
    " ",
  ),
  ..."universal-mingw mswin32 mswin64 x86-mswin32 x86-mswin32-60 x64-mswin64 x64-mswin64_140 mswin32_80".split(
    " ",
  ),
  ..."x86-mswin32_60 amd64-freebsd x86_64-freebsd-13 x86_64-openbsd7.4 sparc-solaris2.8 x86_64-netbsdelf".split(
    " ",
  ),
  ..."powerpc-aix5 powerpc-aix-7 x86-cygwin macruby macruby-0.12 dalvik dalvik-4 dotnet dotnet-4.0 dotnet4".split(
    " ",
  ),
  ..."wasm32-wasi wasm32-emscripten opal hybrid_platform hybrid_platform-3 x-hybrid_platform2 a-b-c - -- -x".split(
    " ",
  ),
  ..."x- x86_64-linux- x86_64-linux-gnu-extra xi586y-linux x86_64-linux-mingw32 X86_64-Linux Ruby ruby-linux".split(
    " ",
  ),
  "",
  " x86_64-linux",
  "x86_64 linux",
  "x86_64-linux-m\u00fcsl",
  "x86_64-linux-gnu\n",
];

const machines = [
  ..."x86_64-linux x86_64-linux-gnu x86_64-linux-musl x86-linux i686-linux aarch64-linux aarch64-linux-gnu".split(
    " ",
  ),
  ..."aarch64-linux-musl arm-linux-gnueabihf arm-linux-musleabihf armv7l-linux-eabihf armv7l-linux-musleabihf".split(
    " ",
  ),
  ..."armv6l-linux-eabi armv7-linux-musl riscv64-linux x86_64-linux-uclibc x86_64-darwin-19 x86_64-darwin-21".split(
    " ",
  ),
  ..."arm64-darwin-22 universal-java-11 universal-java-17 java x64-mingw-ucrt x64-mingw32 x86-mingw32".split(
    " ",
  ),
  ..."x64-mswin64-140 x86-mswin32-60 x86_64-freebsd-13 x86_64-openbsd7.4 wasm32-wasi universal-darwin-21 linux".split(
    " ",
  ),
];

const rubies = [
  "ruby 3.3.8p144",
  "ruby 3.3.8",
  "ruby 1.9.3p551",
  "ruby 2.0.0p648",
  "ruby 3.4.0.preview1",
  "ruby 3.5.0.preview1",
  "ruby 2.7.0.rc2",
  "ruby 3.5.0.dev",
  "ruby 3.1.4p223 (jruby 9.4.5.0)",
  "ruby 3.1.4 (jruby 9.4.14.0)",
  "ruby 1.9.3 (jruby 1.7.27)",
  "ruby 2.6.8p001 (jruby 9.3.15.0)",
  "ruby 3.4.2 (jruby 10.0.2.0)",
  "ruby 3.2.2p0 (truffleruby 23.1.0)",
  "ruby 3.3.7 (truffleruby 24.2.1)",
  "ruby 2.2.2p95 (rbx 3.105)",
  "ruby 3.3.0 (mruby 3.3.0)",
  "ruby",
  "ruby x.y.z",
  "",
  "3.3.8",
  "  ruby 3.2.1p31  ",
];
