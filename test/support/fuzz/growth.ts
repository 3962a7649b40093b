import { ring } from "../world.ts";

/**
 * How many times as much work an input of twice the size takes. A reader whose work grows with the size
 * has about 2, one whose work grows with its square about 4.
 *
 * Inputs of both sizes take turns, so that a busy machine slows both, and the least of each counts, since
 * others only add. Only time of this thread's own processor counts. Of up to three attempts the least counts.
 */
export function growthOf(
  read: (text: string) => unknown,
  inputOf: (size: number) => string,
): number {
  const size = measurableSize(read, inputOf);
  const [once, twice] = [inputOf(size), inputOf(2 * size)];
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 5 && least >= 2.6; attempt += 1) {
    const costs = takeTurns([() => read(once), () => read(twice)]);
    // Work that is too little to measure even at the largest size counts as just measurable.
    least = Math.min(least, costs[1] / Math.max(costs[0], measurable));
  }
  return least;
}

/** A size at which the work takes much longer than the clock's tick and than one collection of garbage. */
function measurableSize(
  read: (text: string) => unknown,
  inputOf: (size: number) => string,
): number {
  let size = smallest;
  for (; size < largest; size *= 2) {
    const input = inputOf(size);
    const work = () => read(input);
    // The first run includes the compilation of code.
    if (costOf(work) >= measurable && costOf(work) >= measurable) break;
  }
  return size;
}

// A reader that looks at all earlier entries for each one shows only if there are thousands of them.
const smallest = ring === "check" ? 4096 : 16_384;
const largest = 1 << 21;
const measurable = 8000;
const turns = 3;

function takeTurns([once, twice]: [() => unknown, () => unknown]): [number, number] {
  let [a, b] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let turn = 0; turn < turns; turn += 1) {
    a = Math.min(a, costOf(once));
    b = Math.min(b, costOf(twice));
  }
  return [a, b];
}

/** Processor time of this thread for some work, in microseconds. */
function costOf(work: () => unknown): number {
  const start = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(start);
  return user + system;
}
