import { run, type Work } from "../../../scripts/work.ts";

/** The registry that this machine's npm is set up for, and how its server is trusted. */
export interface NpmRegistry {
  url: string;
  /** A file of certificates, where this machine's own Node would not do without one. */
  certificates: string | undefined;
}

export async function findNpmRegistry(work: Work): Promise<NpmRegistry> {
  const setting = async (key: string) => {
    const { stdout } = await run(work, "npm", ["config", "get", key]);
    return stdout.trim();
  };
  const certificates = await setting("cafile");
  return {
    url: await setting("registry"),
    certificates: certificates === "null" ? work.env["NODE_EXTRA_CA_CERTS"] : certificates,
  };
}

/** Lets npm install a package into `<directory>/node_modules`, without running its scripts. */
export async function installByNpm(work: Work, wanted: string, directory: string): Promise<void> {
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefix", directory];
  await run(work, "npm", ["install", ...options, wanted]);
}
