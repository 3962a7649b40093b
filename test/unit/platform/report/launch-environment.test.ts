import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  launchEnvironment,
  shownValue,
} from "../../../../src/platform/report/launch-environment.ts";
import { makeTree } from "../../../support/tree.ts";

test("a link in the environment of a layer is not followed, and hides only this layer", async () => {
  const root = await makeTree({ secret: "of this machine", "good/env/NAME": "value" });
  await mkdir(join(root, "bad/env"), { recursive: true });
  await symlink(join(root, "secret"), join(root, "bad/env/STOLEN"));
  const places = ["bad", "good"].map((layer) => {
    return { buildpack: "test/one", layer, directory: join(root, layer) };
  });
  expect(await launchEnvironment(places)).toEqual([
    { name: "NAME", value: "value", behavior: "override", buildpack: "test/one", layer: "good" },
  ]);
});

test.each([
  ["SECRET_KEY_BASE", "a", undefined],
  ["DATABASE_URL", "postgres://db", undefined],
  ["SMTP_PASSWORD", "a", undefined],
  ["api_token", "a", undefined],
  ["RAILS_ENV", "production", "production"],
  ["GEM_SOURCE", "https://user:pass@gems.example/", "https://***@gems.example/"],
])("of %s=%s a report shows %s", (name, value, shown) => {
  expect(shownValue(name, value)).toBe(shown);
});
