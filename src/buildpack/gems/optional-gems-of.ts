import { parseBundleConfig } from "../../ruby/bundle-config.ts";
import { type OptionalGems, optionalGems } from "../../ruby/optional-gems.ts";
import type { Project } from "../project/project.ts";

/** The gems of optional groups that neither the environment nor the app's `.bundle/config` asks for. */
export function optionalGemsOf(
  { gemfileText, bundleConfig }: Pick<Project, "gemfileText" | "bundleConfig">,
  env: Readonly<Record<string, string | undefined>>,
): OptionalGems {
  const given = { ...parseBundleConfig(bundleConfig ?? "").applied, ...env };
  const groups = given["BUNDLE_WITH"] ?? "";
  return optionalGems(gemfileText, groups.split(/[:\s,]+/));
}
