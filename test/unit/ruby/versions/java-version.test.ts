import { describe, expect, test } from "vitest";
import { javaPlatform, parseJavaVersion } from "../../../../src/ruby/versions/java-version.ts";

describe("parseJavaVersion", () => {
  test.each([
    ['openjdk version "17.0.15" 2025-04-15', "17.0.15", 17],
    ['openjdk version "1.8.0_412"', "1.8.0_412", 8],
    ['java version "21" 2023-09-19 LTS', "21", 21],
    ['openjdk version "25-ea" 2025-09-16', "25-ea", 25],
    ['openjdk version "11.0.27" 2025-04-15 LTS', "11.0.27", 11],
  ])("reads %s", (line, version, release) => {
    expect(parseJavaVersion([line])).toEqual({ version, release });
  });

  test("skips what a JVM prints before", () => {
    const picked = 'Picked up JAVA_TOOL_OPTIONS: -Dfoo="version 3"';
    expect(parseJavaVersion([picked, 'openjdk version "21.0.7" 2025-04-15 LTS'])).toMatchObject({
      release: 21,
    });
  });

  test.each([[[]], [["sh: java: not found"]], [["Unrecognized option: -version"]]])(
    "finds none in %j",
    (lines) => {
      expect(parseJavaVersion(lines)).toBeUndefined();
    },
  );
});

test.each([
  ["17.0.15", 17, "universal-java-17"],
  ["1.8.0_412", 8, "universal-java-1.8"],
])("gems for Java %s, release %d, are for %s", (version, release, platform) => {
  expect(javaPlatform({ version, release })).toBe(platform);
});
