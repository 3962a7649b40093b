import { expect, test } from "vitest";
import { testProcess, type TestShape } from "../../../../src/ruby/processes/test-process.ts";

const shape = (gems: string[], files: Partial<TestShape>): TestShape => ({
  locked: (gem) => (gems.includes(gem) ? "1.0" : undefined),
  binRails: false,
  binRspec: false,
  specs: false,
  tests: false,
  rakefile: false,
  ...files,
});

const ofRake = (...tasks: string[]) =>
  shape(["rake"], { rakefile: true, rakeTasks: new Set(tasks) });

test.each<[string, TestShape, string | undefined]>([
  ["specs", shape(["rspec-core"], { specs: true }), "bundle exec rspec"],
  ["specs and a binstub", shape(["rspec-core"], { specs: true, binRspec: true }), "bin/rspec"],
  [
    "specs in Rails, which brings tests of its own",
    shape(["rspec-core", "railties"], { specs: true, tests: true, binRails: true }),
    "bundle exec rspec",
  ],
  [
    "RSpec without specs",
    shape(["rspec-core", "railties"], { tests: true, binRails: true }),
    "bin/rails test",
  ],
  ["Rails' tests", shape(["railties"], { tests: true }), "bundle exec rails test"],
  ["a Rakefile", shape(["rake"], { rakefile: true, tests: true }), "bundle exec rake"],
  ["the rake task `test`, but no default task", ofRake("test", "build"), "bundle exec rake test"],
  ["a default task and `test`", ofRake("default", "test"), "bundle exec rake"],
  ["other rake tasks", ofRake("build"), undefined],
  ["a Rakefile without rake", shape([], { rakefile: true }), undefined],
  ["nothing", shape(["rspec-core", "railties"], {}), undefined],
])("an app with %s", (_, app, command) => {
  expect(testProcess(app)?.command.join(" ")).toBe(command);
});
