import { type Browser, chromium } from "playwright-core";
import { findProgram } from "../../src/system/search-path.ts";

/** Starts the Chromium that is on PATH. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = await findProgram("chromium", process.env["PATH"]);
  if (executablePath === undefined) throw new Error("there is no `chromium` on PATH");
  // Its own sandbox does not work as root. It opens nothing but pages that we made.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return await chromium.launch({ executablePath, args });
}
