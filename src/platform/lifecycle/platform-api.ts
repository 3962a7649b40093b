import { BuildpackError } from "../../failure.ts";

/** The Platform APIs that this platform supports, oldest first. */
export const platformApis = [
  "0.7",
  "0.8",
  "0.9",
  "0.10",
  "0.11",
  "0.12",
  "0.13",
  "0.14",
  "0.15",
] as const;
export type PlatformApi = (typeof platformApis)[number];

/** The newest one, as in `pack`. */
export const defaultPlatformApi: PlatformApi = "0.15";

/** @throws BuildpackError `platform/api-unsupported` for any other version. */
export function parsePlatformApi(text: string): PlatformApi {
  const api = platformApis.find((known) => known === text);
  if (api) return api;
  throw new BuildpackError({
    code: "platform/api-unsupported",
    api: text,
    supported: [...platformApis],
  });
}

/** Whether `api` is `wanted` or later; both are `major.minor`. */
export function isAtLeast(api: string, wanted: string): boolean {
  const [major = 0, minor = 0] = api.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
