import type { Settings } from "../../settings.ts";

/** Whether gems keep all their files. Tests of an app may use those of an engine, such as its factories. */
export function keepsGemFiles(settings: Settings): boolean {
  return settings.BP_KEEP_GEM_FILES || settings.BP_EXEC_ENV === "test";
}
