/** The execution environment of a build that names none. Spec: Platform Interface, `CNB_EXEC_ENV`. */
export const defaultExecEnv = "production";

/** Whether `text` can name an execution environment. Spec: Platform Interface, `CNB_EXEC_ENV`. */
export function isExecEnvName(text: string): boolean {
  return /^[A-Za-z0-9.-]+$/.test(text);
}

/**
 * Whether something with the key `exec-env = listed` is for this execution environment: it lists the
 * environment or `*`, or lists none.
 */
export function isForExecEnv(listed: readonly string[] | undefined, execEnv: string): boolean {
  if (!listed || listed.length === 0) return true;
  return listed.includes("*") || listed.includes(execEnv);
}
