import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkShippedFiles } from "../../../src/package/shipped-files.ts";
import { failureOf } from "../../support/failure.ts";
import { makeCheckout } from "../../support/packages/package-checkout.ts";

test("refuses a checkout that is not built, and lists what is missing", async () => {
  const path = await makeCheckout();
  await checkShippedFiles(path);
  await rm(join(path, "dist"), { recursive: true });
  expect(await failureOf(checkShippedFiles(path))).toEqual({
    code: "package/checkout-incomplete",
    path,
    missing: ["dist", "dist/detect.mjs"],
  });
});
