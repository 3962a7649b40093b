/** The variables of an environment that are set. */
export function definedVariables(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const defined = Object.entries(env).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as Record<string, string>;
}
