/** What is true of every release of a series of JRuby. */
export interface JrubySeries {
  /** The first two numbers of its releases: `9.4`. */
  series: string;
  /** The Ruby that it speaks, as a branch; it decides which Bundlers run on it. */
  ruby: string;
  /** The oldest Java that it runs on. */
  java: number;
}

/** The series that a release of JRuby belongs to, `undefined` where it is not known. */
export function jrubySeriesOf(version: string): JrubySeries | undefined {
  return known.find(({ series }) => `${version}.`.startsWith(`${series}.`));
}

const known: readonly JrubySeries[] = [
  { series: "9.2", ruby: "2.5", java: 8 },
  { series: "9.3", ruby: "2.6", java: 8 },
  { series: "9.4", ruby: "3.1", java: 8 },
  { series: "10.0", ruby: "3.4", java: 21 },
  { series: "10.1", ruby: "4.0", java: 21 },
];
