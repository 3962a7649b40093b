/** What installs an app's JavaScript packages. */
export interface PackageManager {
  name: "bun" | "npm" | "pnpm" | "yarn";
  /** The file by which it was chosen. */
  chosenBy: string;
  /** The arguments that remove development dependencies from `node_modules`, if there is such a command. */
  prune?: readonly string[];
  /** Variables that make it install development dependencies even if `NODE_ENV` is `production`. */
  withDevelopment: Readonly<Record<string, string>>;
}

/**
 * The package manager of an app: the one that jsbundling-rails would choose.
 *
 * @param files the names of the files in the root of the app.
 * @param yarnLock the text of `yarn.lock`, which differs between Yarn 1 and later versions.
 */
export function packageManagerOf(
  files: readonly string[],
  yarnLock: string | undefined,
): PackageManager | undefined {
  for (const { lockfiles, ...manager } of managers) {
    const chosenBy = lockfiles.find((name) => files.includes(name));
    if (chosenBy === undefined) continue;
    const isSuccessor = manager.name === "yarn" && /^__metadata:/m.test(yarnLock ?? "");
    return { ...manager, ...(isSuccessor ? yarnBerry : {}), chosenBy };
  }
  return undefined;
}

// It fails because of unknown variables that begin with `YARN_`.
const yarnBerry = { prune: ["workspaces", "focus", "--all", "--production"], withDevelopment: {} };

type Known = Omit<PackageManager, "chosenBy"> & { lockfiles: readonly string[] };

// In the order of jsbundling-rails.
const managers: readonly Known[] = [
  { name: "bun", lockfiles: ["bun.lockb", "bun.lock"], withDevelopment: {} },
  {
    name: "yarn",
    lockfiles: ["yarn.lock"],
    prune: [
      "install",
      ...["--production", "--frozen-lockfile", "--ignore-engines", "--ignore-scripts"],
      ...["--prefer-offline", "--non-interactive"],
    ],
    withDevelopment: { YARN_PRODUCTION: "false" },
  },
  {
    name: "pnpm",
    lockfiles: ["pnpm-lock.yaml"],
    prune: ["prune", "--prod", "--ignore-scripts"],
    // Version 11 uses the second prefix.
    withDevelopment: { npm_config_production: "false", pnpm_config_production: "false" },
  },
  {
    name: "npm",
    lockfiles: ["package-lock.json", "npm-shrinkwrap.json", "package.json"],
    prune: ["prune", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"],
    withDevelopment: { npm_config_include: "dev" },
  },
];
