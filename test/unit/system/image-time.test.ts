import { expect, test } from "vitest";
import { imageTime, imageTimeText } from "../../../src/system/image-time.ts";

test("files in images have the time 1980-01-01T00:00:01Z, as a number and as text", () => {
  expect(imageTime).toBe(315532801);
  expect(imageTimeText).toBe("1980-01-01T00:00:01Z");
});
