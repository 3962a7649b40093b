import { expect, test } from "vitest";
import { creationTime } from "../../../../src/platform/export/creation-time.ts";
import { failureOf } from "../../../support/failure.ts";

const now = () => new Date("2026-11-26T20:00:00.123Z");

test.each([
  [undefined, undefined, "1980-01-01T00:00:01Z"],
  [undefined, "", "1980-01-01T00:00:01Z"],
  [undefined, "1700000000", "2023-11-14T22:13:20Z"],
  [undefined, "0", "1970-01-01T00:00:00Z"],
  ["1", "1700000000", "1970-01-01T00:00:01Z"],
  ["now", "1700000000", "2026-11-26T20:00:00Z"],
])("--creation-time %j with SOURCE_DATE_EPOCH=%j is %s", (option, epoch, expected) => {
  expect(creationTime({ option, env: { SOURCE_DATE_EPOCH: epoch }, now })).toBe(expected);
});

test.each([
  ["yesterday", undefined, "`--creation-time` takes `now`, or seconds since 1970, not `yesterday`"],
  ["-1", undefined, "`--creation-time` takes `now`, or seconds since 1970, not `-1`"],
  [undefined, "now", "`SOURCE_DATE_EPOCH` takes seconds since 1970, not `now`"],
  [undefined, "253402300800", "`SOURCE_DATE_EPOCH` takes seconds since 1970, not `253402300800`"],
])("--creation-time %j with SOURCE_DATE_EPOCH=%j is refused", async (option, epoch, problem) => {
  const asked = async () => creationTime({ option, env: { SOURCE_DATE_EPOCH: epoch }, now });
  expect(await failureOf(asked())).toEqual({ code: "platform/usage", problem });
});
