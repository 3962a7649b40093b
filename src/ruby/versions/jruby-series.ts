/** Facts about all releases of a JRuby series. */
export interface JrubySeries {
  /** The first two numbers of its releases, such as `9.4`. */
  series: string;
  /** The branch of Ruby that it is compatible with. Decides which Bundlers run on it. */
  ruby: string;
  /** The oldest Java that it runs on. */
  java: number;
}

/** The series of a JRuby release, `undefined` if it is not known. */
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
