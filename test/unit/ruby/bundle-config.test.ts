import { describe, expect, test } from "vitest";
import { parseBundleConfig } from "../../../src/ruby/bundle-config.ts";

describe("parseBundleConfig", () => {
  test("applies build flags, mirrors and retries", () => {
    const text = [
      "---",
      'BUNDLE_BUILD__NOKOGIRI: "--use-system-libraries"',
      'BUNDLE_MIRROR__ALL: "https://mirror.example.com"',
      "BUNDLE_RETRY: '5'",
      "",
    ].join("\n");
    expect(parseBundleConfig(text)).toEqual({
      applied: {
        BUNDLE_BUILD__NOKOGIRI: "--use-system-libraries",
        BUNDLE_MIRROR__ALL: "https://mirror.example.com",
        BUNDLE_RETRY: "5",
      },
      leftOut: [],
      unread: [],
    });
  });

  test.each(["PATH", "WITHOUT", "FROZEN", "DEPLOYMENT", "BIN"])("ignores BUNDLE_%s", (name) => {
    const { applied, leftOut } = parseBundleConfig(`---\nBUNDLE_${name}: "x"\n`);
    expect([applied, leftOut]).toEqual([{}, [`BUNDLE_${name}`]]);
  });

  test("reads a key that contains a URL", () => {
    const text = '---\nBUNDLE_MIRROR__HTTPS://GEMS__EXAMPLE__COM/: "http://localhost:1/"\r\n';
    expect(parseBundleConfig(text).applied).toEqual({
      "BUNDLE_MIRROR__HTTPS://GEMS__EXAMPLE__COM/": "http://localhost:1/",
    });
  });

  test("joins the items of a list", () => {
    const text = '---\nBUNDLE_BUILD__PG:\n  - "--with-a"\n  - "--with-b"\n';
    expect(parseBundleConfig(text).applied).toEqual({ BUNDLE_BUILD__PG: "--with-a:--with-b" });
  });

  test("reports lines that are not settings", () => {
    expect(parseBundleConfig("nonsense\n").unread).toEqual(["nonsense"]);
  });
});
