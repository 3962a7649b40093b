import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { withTrustedCertificates } from "../../../../src/buildpack/gems/trust-certificates.ts";
import { lstatIfAny, readTextIfAny } from "../../../../src/system/files.ts";
import { makeBuildContext } from "../../../support/build-context.ts";
import { makeTree } from "../../../support/tree.ts";

const certificate = "-----BEGIN CERTIFICATE-----\nbG9vcGJhY2s=\n-----END CERTIFICATE-----\n";
const binding = {
  name: "company",
  type: "ca-certificates",
  secrets: new Map([["company.pem", certificate]]),
};

const given = (bindings: (typeof binding)[], env: Record<string, string> = {}) =>
  makeBuildContext({ bindings, env });

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
    expect(text?.endsWith(certificate.trimEnd()) || text?.endsWith(certificate)).toBe(true);
    const system = await readTextIfAny("/etc/ssl/certs/ca-certificates.crt");
    if (system !== undefined) expect(text?.startsWith(system)).toBe(true);
    expect(await lstatIfAny(dirname(env["SSL_CERT_FILE"] ?? ""))).toBeUndefined();
  });

  test.each([
    ["SSL_CERT_FILE", "GIT_SSL_CAINFO"],
    ["GIT_SSL_CAINFO", "SSL_CERT_FILE"],
  ])(
    "puts them behind those of the user's own %s, where there is one, and not of %s",
    async (name, other) => {
      const own = join(await makeTree({ "own.pem": "mine\n" }), "own.pem");
      const texts = await withTrustedCertificates(given([binding], { [name]: own }), (env) =>
        Promise.all([name, other].map((key) => readTextIfAny(env[key] ?? ""))),
      );
      expect(texts.map((text) => text?.startsWith("mine\n"))).toEqual([true, false]);
      expect(texts.map((text) => text?.includes("bG9vcGJhY2s="))).toEqual([true, true]);
    },
  );

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
