// Packages the checkout CHECKOUT into OUT: in a process of its own, which has its own umask and time zone.
import { describePackage, packageLine } from "../../../src/cli/package.ts";
import { createPrinter } from "../../../src/output/printer.ts";
import { createStyle } from "../../../src/output/style.ts";
import { packageCommand } from "../../../src/package/package-command.ts";
import { systemClock } from "../../../src/system/clock.ts";

const { CHECKOUT: checkout = "", OUT: out = "" } = process.env;
const style = createStyle(false);
const write = () => {};
const printer = createPrinter({ write, style, clock: systemClock, debug: false });
const { signal } = new AbortController();
const line = packageLine(describePackage().parse(["--out", out], { from: "user" }).opts());
const env = { LAPIDARY_CACHE: `${out}-cache` };
const embed = async () => {};
await packageCommand(line, { env, cwd: checkout, checkout, printer, signal, embed });
