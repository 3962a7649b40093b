/** A release of Java. */
export interface JavaVersion {
  /** As Java prints it: `17.0.15`, `1.8.0_412`. */
  version: string;
  /** Its well-known number: 17, 8. */
  release: number;
}

/**
 * Reads the output of `java -version`. Other lines (`Picked up JAVA_TOOL_OPTIONS: …`) may come first.
 *
 * @example parseJavaVersion(['openjdk version "1.8.0_412"']) // { version: "1.8.0_412", release: 8 }
 */
export function parseJavaVersion(lines: readonly string[]): JavaVersion | undefined {
  for (const line of lines) {
    const match = /^\S+ version "((?:1\.)?([0-9]+)[^"]*)"/.exec(line);
    if (match?.[1] && match[2]) return { version: match[1], release: Number(match[2]) };
  }
  return undefined;
}

/** RubyGems' name of the platform on which JRuby runs: `universal-java-17`. */
export function javaPlatform({ release }: JavaVersion): string {
  return `universal-java-${release === 8 ? "1.8" : release}`;
}
