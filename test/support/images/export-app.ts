import { expect } from "vitest";
import type { WholeReport } from "../../../src/cli/report-file.ts";
import { type App, build } from "../lapidary.ts";
import type { World } from "../world.ts";

export interface ExportRequest {
  app: App;
  world: World;
  image: string;
  env: Record<string, string>;
  prefix?: readonly string[];
}

export interface ExportedApp {
  log: string;
  image: NonNullable<WholeReport["image"]>;
  layers: WholeReport["layers"];
}

/** Builds an app and exports its image, which must succeed. */
export async function exportApp({ image, ...request }: ExportRequest): Promise<ExportedApp> {
  const built = await build({ ...request, args: ["--image", image] });
  expect(built).toMatchObject({ exitCode: 0 });
  if (!built.report?.image) throw new Error("there is no image in the report");
  return { log: built.log, image: built.report.image, layers: built.report.layers };
}

/** Words before a command that give it another time zone, language and umask. */
export const foreignPlace: readonly string[] = [
  ...["env", "TZ=Asia/Tokyo", "LC_ALL=C", "LANG=tr_TR.UTF-8"],
  ...["sh", "-c", 'umask 077; exec "$@"', "sh"],
];
