import { describe, expect, test } from "vitest";
import {
  moveDirectives,
  placeBundleConfig,
} from "../../../../src/classic/adapter/bundle-directives.ts";
import { recordSection } from "../../../support/section.ts";
import { makeTree, readTree } from "../../../support/tree.ts";

const config = 'BUNDLE_BUILD__PG: "--with-pg-include=/app/pg/include --with-pg-lib=/app/pg/lib"\n';

describe("placeBundleConfig", () => {
  test("puts .heroku_bundle in the place of .bundle, and the place of the build for /app", async () => {
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
      "`.heroku_bundle` stands in for `.bundle`",
      "`.bundle/config` says `/tmp/build_1` for `/app` while the app is built",
    ]);
  });

  test("changes nothing in an app that is built at /app", async () => {
    const app = await makeTree({ ".heroku_bundle/config": config });
    await placeBundleConfig(app, "/app", recordSection());
    expect((await readTree(app))[".bundle/config"]).toBe(config);
  });

  test("moves what the app's own .bundle/config says of /app; without one, does nothing", async () => {
    const app = await makeTree({ ".bundle/config": config });
    await placeBundleConfig(app, "/tmp/b", recordSection());
    expect((await readTree(app))[".bundle/config"]).toContain("=/tmp/b/pg/lib");
    const none = await makeTree();
    await placeBundleConfig(none, "/tmp/b", recordSection());
    expect(await readTree(none)).toEqual({});
  });
});

test("directives among the config vars are moved, other variables are not", () => {
  const vars = { BUNDLE_BUILD__PG: "--with-pg-lib=/app/pg/lib", DATA: "/app/data" };
  expect(moveDirectives(vars, "/tmp/b")).toEqual({
    BUNDLE_BUILD__PG: "--with-pg-lib=/tmp/b/pg/lib",
    DATA: "/app/data",
  });
});
