import { expect, test } from "vitest";
import { optionsIn } from "../../bench/builds/subjects.ts";

test("the options of a version are those that its help names", () => {
  const help =
    "    --env NAME=VALUE    sets it\n    --uid N, --gid N    as whom; see --gem-store. a--b";
  expect([...optionsIn(help)]).toEqual(["--env", "--uid", "--gid", "--gem-store"]);
});
