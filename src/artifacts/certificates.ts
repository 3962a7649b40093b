import type { Binding } from "../cnb/bindings.ts";

/** The certificates, in PEM, of all bindings of type `ca-certificates`. */
export function certificatesIn(bindings: readonly Pick<Binding, "type" | "secrets">[]): string[] {
  return bindings
    .filter((binding) => binding.type.toLowerCase() === "ca-certificates")
    .flatMap((binding) => Array.from(binding.secrets.values()))
    .filter((text) => text.includes("-----BEGIN CERTIFICATE-----"));
}

/** Where distributions keep a file with all certificates that they trust, the most usual first. */
export const systemBundles: readonly string[] = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
];
