import type { BuildContext } from "./build-context.ts";

/** What every layer with compiled code depends on. */
export function machineKeys({ input }: BuildContext): { distro: string; arch: string } {
  return { distro: distroLabel(input.target.distro), arch: input.target.arch };
}

function distroLabel(distro: { name: string; version: string } | undefined): string {
  return distro ? `${distro.name} ${distro.version}`.trim() : "unknown";
}
