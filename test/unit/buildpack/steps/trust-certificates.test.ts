import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { withTrustedCertificates } from "../../../../src/buildpack/steps/trust-certificates.ts";
import { lstatIfAny, readTextIfAny } from "../../../../src/system/files.ts";
import { makeTree } from "../../../support/tree.ts";

const certificate = "-----BEGIN CERTIFICATE-----\nbG9vcGJhY2s=\n-----END CERTIFICATE-----\n";
const binding = {
  name: "company",
  type: "ca-certificates",
  secrets: new Map([["company.pem", certificate]]),
};

const given = (bindings: (typeof binding)[], env: Record<string, string> = {}) => ({
  input: { platform: { bindings } },
  env,
});

describe("withTrustedCertificates", () => {
  test("leaves everything as it is without such bindings", async () => {
    const database = { ...binding, type: "postgresql" };
    expect(await withTrustedCertificates(given([database]), async (env) => env)).toEqual({});
  });

  test("puts the bindings' certificates behind the system's, in a file for the work's time", async () => {
    const { env, text } = await withTrustedCertificates(given([binding]), async (env) => ({
      env,
      text: await readTextIfAny(env["SSL_CERT_FILE"] ?? ""),
    }));
    expect(Object.keys(env)).toEqual(["SSL_CERT_FILE", "GIT_SSL_CAINFO"]);
    expect(new Set(Object.values(env)).size).toBe(1);
    expect(text?.endsWith(certificate.trimEnd()) || text?.endsWith(certificate)).toBe(true);
    const system = await readTextIfAny("/etc/ssl/certs/ca-certificates.crt");
    if (system !== undefined) expect(text?.startsWith(system)).toBe(true);
    expect(await lstatIfAny(dirname(env["SSL_CERT_FILE"] ?? ""))).toBeUndefined();
  });

  test("puts them behind those of the user's own file, where there is one", async () => {
    const own = join(await makeTree({ "own.pem": "mine\n" }), "own.pem");
    const text = await withTrustedCertificates(given([binding], { SSL_CERT_FILE: own }), (env) =>
      readTextIfAny(env["SSL_CERT_FILE"] ?? ""),
    );
    expect(text?.split("\n")[0]).toBe("mine");
    expect(text).toContain("bG9vcGJhY2s=");
  });

  test("removes the file where the work fails", async () => {
    let file = "";
    const work = withTrustedCertificates(given([binding]), async (env) => {
      file = env["SSL_CERT_FILE"] ?? "";
      throw new Error("no network");
    });
    await expect(work).rejects.toThrow("no network");
    expect(await lstatIfAny(dirname(file))).toBeUndefined();
  });
});
