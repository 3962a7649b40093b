import { describe, expect, test } from "vitest";
import { parseRakeTasks, rakefileNames } from "../../../src/ruby/rake-tasks.ts";

describe("Application Contract: Rake execution", () => {
  test("a Rakefile may have any of rake's names, in rake's order", () => {
    // Rake::Application::DEFAULT_RAKEFILES
    expect(rakefileNames).toEqual(["rakefile", "Rakefile", "rakefile.rb", "Rakefile.rb"]);
  });

  test("tasks are the lines of `rake -P` that are not indented", () => {
    const tasks = parseRakeTasks(
      "rake about\n    environment\nrake assets:clean\n    environment\nrake assets:precompile\n    environment\n",
    );
    expect([...tasks]).toEqual(["about", "assets:clean", "assets:precompile"]);
  });

  test("a task is matched by its whole name", () => {
    const tasks = parseRakeTasks(
      "rake assets:cleanup_x\nrake my:assets:clean\nrake file name.txt\n",
    );
    expect(tasks.has("assets:clean")).toBe(false);
    expect(tasks.has("file name.txt")).toBe(true);
  });

  test("a prerequisite is not a task", () => {
    const tasks = parseRakeTasks("rake deploy\n    assets:precompile\n    rake assets:clean\n");
    expect([...tasks]).toEqual(["deploy"]);
  });

  test("output of the app while it loads is ignored", () => {
    const output = "Loading…\r\n[deprecated] use rake assets:clean\r\nrakeish\r\nrake about\r\n";
    expect([...parseRakeTasks(output)]).toEqual(["about"]);
  });
});
