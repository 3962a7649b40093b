import { expect, test } from "vitest";
import { isSameRepository } from "../../../../src/platform/rebase/run-image-names.ts";

test.each([
  ["heroku/heroku:24", "docker.io/heroku/heroku", true],
  ["debian", "index.docker.io/library/debian:12", true],
  ["localhost:5000/run@sha256:abc", "localhost:5000/run:v2", true],
  ["example.com/run", "example.com/run2", false],
  ["example.com/run", "run", false],
])("%s and %s name the same repository: %s", (one, other, same) => {
  expect(isSameRepository(one, other)).toBe(same);
});
