import type { Binding } from "../cnb/bindings.ts";

/** The certificates, in PEM, of all bindings of type `ca-certificates`. */
export function certificatesIn(bindings: readonly Pick<Binding, "type" | "secrets">[]): string[] {
  return bindings
    .filter((binding) => binding.type.toLowerCase() === "ca-certificates")
    .flatMap((binding) => Array.from(binding.secrets.values()))
    .filter((text) => text.includes("-----BEGIN CERTIFICATE-----"));
}
