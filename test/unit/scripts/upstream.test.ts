import { expect, test } from "vitest";
import { askUpstream } from "../../../scripts/upstream.ts";
import { withWork } from "../../../scripts/work.ts";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("../../..", import.meta.url));
const target = { os: "linux", arch: "amd64", distro: { name: "debian", version: "12" } };

test("asks for the newest release of a branch, which a build would install", async () => {
  await withWork("Upstream", async (work) => {
    // A proxy that nobody runs: the answer does not matter.
    const env = {
      ...work.env,
      https_proxy: "http://127.0.0.1:9",
      HTTPS_PROXY: "http://127.0.0.1:9",
    };
    const ask = async (version: string) =>
      await askUpstream({ ...work, env }, { name: "ruby", version, source: "x" }, target, checkout);
    expect((await ask("3.3")).version).toMatch(/^3\.3\.\d+$/);
    expect((await ask("3.3.8")).version).toBe("3.3.8");
  });
});
