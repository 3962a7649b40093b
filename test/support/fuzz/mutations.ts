/** Numbers from 0 up to 1 that are the same in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Endless inputs: each is one of `seeds` with one to eight changes. A change flips, overwrites, removes or
 * repeats bytes, puts in one of `tokens`, or joins two seeds.
 */
export function* mutations(
  seeds: readonly Buffer[],
  tokens: readonly string[],
  seed: number,
): Generator<Buffer, never> {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const changes: readonly ((input: Buffer) => Buffer)[] = [
    (input) => {
      const copy = Buffer.from(input);
      if (copy.length > 0) {
        const at = below(copy.length);
        copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
      }
      return copy;
    },
    (input) => {
      const copy = Buffer.from(input);
      if (copy.length > 0) copy[below(copy.length)] = pick([0, 0xff, 0x7f, 0x80, 10, 13, 32, 34]);
      return copy;
    },
    (input) => {
      const start = below(input.length + 1);
      const end = start + below(Math.min(64, input.length - start) + 1);
      return Buffer.concat([input.subarray(0, start), input.subarray(end)]);
    },
    (input) => {
      const start = below(input.length + 1);
      const part = input.subarray(start, start + below(64));
      return Buffer.concat([input.subarray(0, start), part, part, input.subarray(start)]);
    },
    (input) => {
      const at = below(input.length + 1);
      return Buffer.concat([input.subarray(0, at), Buffer.from(pick(tokens)), input.subarray(at)]);
    },
    (input) => {
      const other = pick(seeds);
      return Buffer.concat([
        input.subarray(0, below(input.length + 1)),
        other.subarray(below(other.length + 1)),
      ]);
    },
    (input) => input.subarray(0, below(input.length + 1)),
  ];
  for (;;) {
    let input = pick(seeds);
    for (let count = 1 + below(8); count > 0; count -= 1) input = pick(changes)(input);
    yield input.length > longest ? input.subarray(0, longest) : input;
  }
}

const longest = 16_384;
