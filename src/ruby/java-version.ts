/** A release of Java. */
export interface JavaVersion {
  /** As Java itself writes it: `17.0.15`, `1.8.0_412`. */
  version: string;
  /** The number that people know it by: 17, 8. */
  release: number;
}

/**
 * Reads what `java -version` says, whatever stands before it (`Picked up JAVA_TOOL_OPTIONS: …`).
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

/** How RubyGems calls the machine that JRuby runs on: `universal-java-17`. */
export function javaPlatform({ release }: JavaVersion): string {
  return `universal-java-${release === 8 ? "1.8" : release}`;
}
