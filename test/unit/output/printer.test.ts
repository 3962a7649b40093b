import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createPrinter, formatDuration } from "../../../src/output/printer.ts";
import { createStyle } from "../../../src/output/style.ts";

describe("printer", () => {
  test("prints a section as a title and indented bullets", async () => {
    const { printer, text } = recorded();
    await printer.section("Ruby version", async (section) => {
      section.say("`3.3.8` from Gemfile.lock");
      section.detail(".ruby-version: says nothing");
      section.warn("It is old.");
      section.output("a subprocess's line");
    });
    expect(text()).toBe(
      [
        "- Ruby version",
        "  - `3.3.8` from Gemfile.lock",
        "    - .ruby-version: says nothing",
        "  ! It is old.",
        "      a subprocess's line",
        "",
      ].join("\n"),
    );
  });

  test("keeps the order in which sections were opened, whichever ends first", async () => {
    const { printer, text } = recorded();
    const first = deferred();
    const slow = printer.section("Slow", async (section) => {
      section.say("begins");
      await first.promise;
      section.say("ends");
    });
    await printer.section("Quick", async (section) => section.say("done"));
    printer.plain("after");
    first.resolve();
    await slow;
    expect(text()).toBe("- Slow\n  - begins\n  - ends\n- Quick\n  - done\nafter\n");
  });

  test("streams the section that is first in line while it runs", async () => {
    const { printer, text } = recorded();
    await printer.section("Now", async (section) => {
      section.say("at once");
      expect(text()).toContain("at once");
    });
  });

  test("says how long timed work took, on the same line where nothing came between", async () => {
    const { printer, text, clock } = recorded();
    await printer.section("Gems", async (section) => {
      await section.timed("Running `bundle install`", async () => {
        clock.advance(48_500);
      });
    });
    expect(text()).toBe("- Gems\n  - Running `bundle install` .. (48.5s)\n");
  });

  test("gives timed work that prints a closing line of its own", async () => {
    const { printer, text } = recorded();
    await printer.section("Gems", async (section) => {
      await section.timed("Running", async () => section.output("Fetching rack"));
    });
    expect(text()).toBe("- Gems\n  - Running ..\n      Fetching rack\n    - Done (0.0s)\n");
  });

  test("says how far long work has come every 30 seconds", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const { printer, clock, text } = recorded();
    const pass = (milliseconds: number) => {
      for (let passed = 0; passed < milliseconds; passed += 1000) {
        clock.advance(1000);
        vi.advanceTimersByTime(1000);
      }
    };
    await printer.section("Ruby", async (section) => {
      await section.timed("Downloading", async (progress) => {
        progress("1.0 MB of 2.0 MB (50 %)");
        pass(29_000);
        progress("1.5 MB of 2.0 MB (75 %)");
        pass(3_000);
      });
      await section.timed("Compiling", async () => pass(95_000));
      await section.timed("Installing", async () => {
        for (let lines = 0; lines < 5; lines += 1) {
          section.output("Using rack");
          pass(10_000);
        }
      });
    });
    expect(text().replaceAll(/\.{3,}/g, "..")).toBe(
      "- Ruby\n  - Downloading ..\n    - 1.5 MB of 2.0 MB (75 %) after 30.0s\n    - Done (32.0s)\n" +
        "  - Compiling ..\n    - Still running after 30.0s\n    - Still running after 60.0s\n    - Still running after 90.0s\n" +
        `    - Done (95.0s)\n  - Installing ..\n${"      Using rack\n".repeat(5)}    - Done (50.0s)\n`,
    );
  });

  test("closes the section of work that throws", async () => {
    const { printer, text } = recorded();
    const failing = printer.section("Gems", async (section) => {
      await section.timed("Running", async () => {
        throw new Error("no");
      });
    });
    await expect(failing).rejects.toThrow("no");
    printer.error(["Error: no"]);
    expect(text()).toBe("- Gems\n  - Running .. (failed)\n! Error: no\n");
  });

  test("prints debug lines only when asked to", async () => {
    const quiet = recorded();
    await quiet.printer.section("S", async (section) => section.debug("detail"));
    const loud = recorded({ debug: true });
    await loud.printer.section("S", async (section) => section.debug("detail"));
    expect([quiet.text(), loud.text()]).toEqual(["- S\n", "- S\n    detail\n"]);
  });

  test("never prints credentials or control characters", async () => {
    const { printer, text } = recorded();
    await printer.section("S", async (section) => {
      section.output("Fetching https://user:secret@gems.example.com/\u001b[2Jx\u0007");
    });
    expect(text()).toBe("- S\n      Fetching https://***@gems.example.com/[2Jx\n");
  });
});

describe("passOn", () => {
  test("shows an unfinished line of another program at once", () => {
    const { printer, text } = recorded();
    printer.passOn("  - Compiling ..");
    expect(text()).toBe("  - Compiling ..");
  });

  test.each([
    ["https://host/x?X-Amz-Signature=abc&v=1", "https://host/x?X-Amz-Signature=***&v=1"],
    ["https://host/x?token=abc", "https://host/x?token=***"],
    ["https://host/x?version=3", "https://host/x?version=3"],
  ])("hides what signs a request: %s", (given, shown) => {
    const { printer, text } = recorded();
    printer.passOn(given);
    expect(text()).toBe(shown);
  });
});

describe("formatDuration", () => {
  test.each([
    [0, "0.0s"],
    [300, "0.3s"],
    [48_540, "48.5s"],
    [265_000, "4m 25s"],
  ])("%d milliseconds read %s", (milliseconds, expected) => {
    expect(formatDuration(milliseconds)).toBe(expected);
  });
});

function recorded({ debug = false } = {}) {
  let written = "";
  let now = 0;
  const clock = {
    now: () => now,
    today: () => "2026-01-01",
    advance: (milliseconds: number) => (now += milliseconds),
  };
  const write = (text: string) => (written += text);
  const printer = createPrinter({ write, style: createStyle(false), clock, debug });
  return { printer, clock, text: () => written };
}

function deferred() {
  return Promise.withResolvers<void>();
}
