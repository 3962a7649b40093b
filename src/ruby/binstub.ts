/** Why a script in the app's `bin` would not run with the app's Ruby. */
export type BinstubFault =
  | { fault: "windows-line-ends" }
  | { fault: "names-an-interpreter"; shebang: string };

/**
 * Checks the first line of a script of the app. Scripts in `bin` come first on PATH (contract: PATH), so a
 * script that names another machine's Ruby, or has a Windows line ending, would fail when the app starts.
 *
 * @returns `undefined` if the script is fine or is not a Ruby script.
 */
export function findBinstubFault(script: string): BinstubFault | undefined {
  const shebang = /^#!\s*([^\n]*)/.exec(script)?.[1];
  if (shebang === undefined) return undefined;
  if (shebang.endsWith("\r")) return { fault: "windows-line-ends" };
  const [interpreter = "", ...args] = shebang.trim().split(/\s+/);
  const viaEnv = /(^|\/)env$/.test(interpreter);
  const program = viaEnv ? (args.find((word) => !word.startsWith("-")) ?? "") : interpreter;
  const namesRuby = /(^|\/)j?ruby[\d.]*$/.test(program);
  if (!namesRuby || (viaEnv && program === "ruby")) return undefined;
  return { fault: "names-an-interpreter", shebang: `#!${shebang}` };
}
