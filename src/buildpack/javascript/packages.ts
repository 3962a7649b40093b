import type { PackageManager } from "../../ruby/package-manager.ts";

/** The JavaScript packages of an app. */
export interface Packages {
  /** The directory of their package.json: the project's, or the app's if only that has one. */
  dir: string;
  /** What installs them. */
  manager: PackageManager | undefined;
  /** Variables for rake, so that it finds the packages as they are. */
  variables: Readonly<Record<string, string>>;
}

/**
 * Variables for rake tasks that install JavaScript packages. If a Node buildpack has installed the
 * packages, the tasks do not install them again; if they must install, they include development
 * dependencies.
 */
export function packageVariables(
  manager: PackageManager | undefined,
  installed: boolean,
): Record<string, string> {
  return { ...manager?.withDevelopment, ...(installed ? installNothing : {}) };
}

// The first two belong to jsbundling-rails and cssbundling-rails, the last to vite_ruby.
const installNothing = {
  SKIP_BUN_INSTALL: "1",
  SKIP_YARN_INSTALL: "1",
  VITE_RUBY_SKIP_ASSETS_PRECOMPILE_INSTALL: "true",
};
