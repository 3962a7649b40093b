/** What installs an app's packages of JavaScript. */
export interface PackageManager {
  name: "bun" | "npm" | "pnpm" | "yarn";
  /** The file that chooses it. */
  chosenBy: string;
  /** What takes development dependencies out of `node_modules`; absent where it has no such command. */
  prune?: readonly string[];
  /** Lets it install development dependencies where `NODE_ENV` is `production`, too. */
  withDevelopment: Readonly<Record<string, string>>;
}

/**
 * The package manager of an app: the one that jsbundling-rails would choose by the lockfiles.
 *
 * @param files names in the root of the app.
 * @param yarnLock the text of `yarn.lock`, which tells Yarn 1 from its successors.
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

// It refuses variables that begin with `YARN_` and that it does not know.
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
    // Version 11 has changed the prefix.
    withDevelopment: { npm_config_production: "false", pnpm_config_production: "false" },
  },
  {
    name: "npm",
    lockfiles: ["package-lock.json", "npm-shrinkwrap.json", "package.json"],
    prune: ["prune", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"],
    withDevelopment: { npm_config_include: "dev" },
  },
];
