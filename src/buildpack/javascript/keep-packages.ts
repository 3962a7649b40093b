import type { BuildContext } from "../build-context.ts";
import type { JavaScript } from "./check-javascript.ts";

/**
 * The context of commands that find the app's packages of JavaScript as the Node buildpack has
 * installed them: rake tasks that would install them once more do not, and those that cannot be told
 * so leave development dependencies in. What the user set stays.
 */
export function keepPackages(
  context: BuildContext,
  { manager, installed }: Pick<JavaScript, "manager" | "installed">,
): BuildContext {
  const variables = { ...manager?.withDevelopment, ...(installed ? installNothing : {}) };
  return { ...context, env: { ...variables, ...context.env } };
}

// The first two are of jsbundling-rails and cssbundling-rails, the last of vite_ruby.
const installNothing = {
  SKIP_BUN_INSTALL: "1",
  SKIP_YARN_INSTALL: "1",
  VITE_RUBY_SKIP_ASSETS_PRECOMPILE_INSTALL: "true",
};
