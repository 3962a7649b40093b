import { expect, test } from "vitest";
import { cacheDirectory } from "../../../src/system/cache-directory.ts";

test("is outside the checkout: the user's choice, or the usual place of caches", () => {
  expect(cacheDirectory({ LAPIDARY_CACHE: "/c", XDG_CACHE_HOME: "/x", HOME: "/h" })).toBe("/c");
  expect(cacheDirectory({ XDG_CACHE_HOME: "/x", HOME: "/h" })).toBe("/x/lapidary");
  expect(cacheDirectory({ HOME: "/h" })).toBe("/h/.cache/lapidary");
});
