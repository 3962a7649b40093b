import { parseGemfileLock } from "../../src/ruby/lockfile/gemfile-lock.ts";
import { alternate, type Measurement } from "./measure.ts";

/** How long a lockfile of 1,000 gems takes to parse. */
export async function measureLockfile(): Promise<Measurement[]> {
  const text = lockfileOf(1000);
  const parse = async () => {
    const parsed = parseGemfileLock(text);
    if (parsed.kind !== "lockfile" || parsed.lockfile.specs.length !== 1000) throw new Error("no");
  };
  const started = performance.now();
  await parse();
  const cold = performance.now() - started;
  const { warm } = await alternate(50, { warm: parse });
  const size = `${(text.length / 1024).toFixed(0)} KiB, median of 50`;
  return [
    {
      name: "lockfile of 1,000 gems",
      value: warm,
      limit: 5,
      unit: "ms",
      from: `${size}; the first parse in a new process took ${cold.toFixed(1)} ms`,
    },
  ];
}

function lockfileOf(count: number): string {
  const gem = (index: number) => `gem-number-${index}`;
  const specs = Array.from({ length: count }, (_, index) => [
    `    ${gem(index)} (${index % 9}.${index % 7}.${index % 5})`,
    ...[1, 2, 3]
      .filter((step) => index + step < count)
      .map((step) => `      ${gem(index + step)} (>= ${step}.0, < ${step + 9})`),
  ]).flat();
  const names = Array.from({ length: count }, (_, index) => `  ${gem(index)} (~> ${index % 9}.0)`);
  return [
    "GEM",
    "  remote: https://gems.example.com/",
    "  specs:",
    ...specs,
    "",
    "PLATFORMS",
    "  x86_64-linux",
    "",
    "DEPENDENCIES",
    ...names,
    "",
    "RUBY VERSION",
    "   ruby 3.3.8p144",
    "",
    "BUNDLED WITH",
    "   2.5.22",
    "",
  ].join("\n");
}
