import { describe, expect, test } from "vitest";
import {
  moveDirectives,
  placeBundleConfig,
} from "../../../../src/classic/adapter/bundle-directives.ts";
import { recordSection } from "../../../support/section.ts";
import { makeTree, readTree } from "../../../support/tree.ts";

const config = 'BUNDLE_BUILD__PG: "--with-pg-include=/app/pg/include --with-pg-lib=/app/pg/lib"\n';

describe("placeBundleConfig", () => {
  test("replaces .bundle by .heroku_bundle, and /app by the path of the build", async () => {
    const app = await makeTree({
      ".heroku_bundle/config": config,
      ".bundle/config": "BUNDLE_JOBS: 1",
      ".bundle/old": "",
    });
    const section = recordSection();
    await placeBundleConfig(app, "/tmp/build_1", section);
    expect(await readTree(app)).toEqual({
      ".bundle/config":
        'BUNDLE_BUILD__PG: "--with-pg-include=/tmp/build_1/pg/include --with-pg-lib=/tmp/build_1/pg/lib"\n',
      ".heroku_bundle/config": config,
    });
    expect(section.lines).toEqual([
      "Using `.heroku_bundle` as `.bundle`",
      "Replaced `/app` by `/tmp/build_1` in `.bundle/config` for the build",
    ]);
  });

  test("changes nothing in an app that is built at /app", async () => {
    const app = await makeTree({ ".heroku_bundle/config": config });
    await placeBundleConfig(app, "/app", recordSection());
    expect((await readTree(app))[".bundle/config"]).toBe(config);
  });

  test("rewrites /app in the app's own .bundle/config; does nothing without one", async () => {
    const app = await makeTree({ ".bundle/config": config });
    await placeBundleConfig(app, "/tmp/b", recordSection());
    expect((await readTree(app))[".bundle/config"]).toContain("=/tmp/b/pg/lib");
    const none = await makeTree();
    await placeBundleConfig(none, "/tmp/b", recordSection());
    expect(await readTree(none)).toEqual({});
  });
});

test("rewrites /app in config vars that are build directives, and in no others", () => {
  const vars = { BUNDLE_BUILD__PG: "--with-pg-lib=/app/pg/lib", DATA: "/app/data" };
  expect(moveDirectives(vars, "/tmp/b")).toEqual({
    BUNDLE_BUILD__PG: "--with-pg-lib=/tmp/b/pg/lib",
    DATA: "/app/data",
  });
});
