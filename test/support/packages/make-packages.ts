import { join } from "node:path";
import { describePackage, packageLine } from "../../../src/cli/package.ts";
import { createPrinter } from "../../../src/output/printer.ts";
import { createStyle } from "../../../src/output/style.ts";
import { packageCommand, type PackageContext } from "../../../src/package/package-command.ts";
import { systemClock } from "../../../src/system/clock.ts";
import { makeTree } from "../tree.ts";

/** Runs `lapidary package` over a checkout; npm is only what stands on `path`. */
export async function makePackages(
  checkout: string,
  args: readonly string[] = [],
  { path = "", embed = async () => {} }: { path?: string; embed?: PackageContext["embed"] } = {},
): Promise<{ out: string; log: string }> {
  const cwd = await makeTree();
  let log = "";
  const write = (text: string) => void (log += text);
  const style = createStyle(false);
  const printer = createPrinter({ write, style, clock: systemClock, debug: false });
  const env = { LAPIDARY_CACHE: join(cwd, "cache"), PATH: path };
  const { signal } = new AbortController();
  const line = packageLine(
    describePackage()
      .parse([...args], { from: "user" })
      .opts(),
  );
  await packageCommand(line, { env, cwd, checkout, printer, signal, embed });
  return { out: join(cwd, "packages"), log };
}
