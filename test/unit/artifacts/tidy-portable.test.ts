import { readFile, readlink, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tidyPortable } from "../../../src/artifacts/tidy-portable.ts";
import { makeTree, readTree } from "../../support/tree.ts";

test("the first list of the system that exists replaces the list of a portable Ruby", async () => {
  const system = await makeTree({ "certs.crt": "system", "cert.pem": "other" });
  const ruby = await makeTree({ "libexec/cert.pem": "own" });
  const bundles = ["missing.crt", "certs.crt", "cert.pem"].map((name) => join(system, name));
  await tidyPortable(ruby, bundles);
  expect(await readlink(join(ruby, "libexec/cert.pem"))).toBe(join(system, "certs.crt"));
  expect(await readFile(join(ruby, "libexec/cert.pem"), "utf8")).toBe("system");
});

test("without a list of the system, that of the portable Ruby stays", async () => {
  const ruby = await makeTree({ "libexec/cert.pem": "own" });
  await tidyPortable(ruby, ["/nonexistent/certs.crt"]);
  expect(await readTree(ruby)).toEqual({ "libexec/cert.pem": "own" });
});

test("a Ruby without a list, or with a link, is left as it is", async () => {
  const system = await makeTree({ "certs.crt": "system" });
  const bundles = [join(system, "certs.crt")];
  const none = await makeTree({ "bin/ruby": "" });
  await tidyPortable(none, bundles);
  expect(await readTree(none)).toEqual({ "bin/ruby": "" });
  const linked = await makeTree({ "libexec/": "" });
  await symlink("elsewhere.pem", join(linked, "libexec/cert.pem"));
  await tidyPortable(linked, bundles);
  expect(await readlink(join(linked, "libexec/cert.pem"))).toBe("elsewhere.pem");
});
