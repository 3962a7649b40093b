import { describe, expect, test } from "vitest";
import { moveMentions } from "../../../src/classic/slug-root.ts";

describe("moveMentions", () => {
  test.each([
    ["--with-pg-include=/app/libpq/include", "--with-pg-include=/tmp/build_1/libpq/include"],
    ["-I/app/include -L/app/lib", "-I/tmp/build_1/include -L/tmp/build_1/lib"],
    ["-Wl,-rpath,/app/lib", "-Wl,-rpath,/tmp/build_1/lib"],
    ['"/app"', '"/tmp/build_1"'],
    ["#!/app/bin/ruby", "#!/tmp/build_1/bin/ruby"],
    ["/app/bin:/app/vendor/bin:/usr/bin", "/tmp/build_1/bin:/tmp/build_1/vendor/bin:/usr/bin"],
    ["It is in /app.", "It is in /tmp/build_1."],
  ])("%s becomes %s", (text, expected) => {
    expect(moveMentions(text, "/app", "/tmp/build_1")).toBe(expected);
  });

  test.each([
    "/application/config",
    "/app-data/x",
    "/app.old/x",
    "/srv/app/x",
    "${root}/app/models",
    "#{root}/app/models",
    "$(pwd)/app",
    "lib/app/x",
    "~/app",
    "https://example.com/app/x",
  ])("%s names another directory and stays", (text) => {
    expect(moveMentions(text, "/app", "/tmp/build_1")).toBe(text);
  });

  test.each([
    ["prefix = $(DESTDIR)/tmp/build_1/app/ruby", "prefix = $(DESTDIR)/app/ruby"],
    ["file:///tmp/build_1/app/x", "file:///app/x"],
    ["-I/tmp/build_1/app/include", "-I/app/include"],
    ["/var/tmp/build_1/app", "/var/tmp/build_1/app"],
    ["~/tmp/build_1/app", "~/tmp/build_1/app"],
    ["/tmp/build_1/application", "/tmp/build_1/application"],
  ])("for a deeper directory, %s becomes %s", (text, expected) => {
    expect(moveMentions(text, "/tmp/build_1/app", "/app")).toBe(expected);
  });

  test("treats pattern characters in a directory name literally", () => {
    expect(moveMentions("x=/tmp/b.1+$/y /tmp/bx1/y", "/tmp/b.1+$", "/$&")).toBe(
      "x=/$&/y /tmp/bx1/y",
    );
  });
});
