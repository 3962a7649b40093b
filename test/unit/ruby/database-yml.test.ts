import { describe, expect, test } from "vitest";
import { databasesBesidePrimary, sqliteDirectories } from "../../../src/ruby/database-yml.ts";

describe("the directories of SQLite files for production", () => {
  test("are those of every database, once", () => {
    const text = `default: &default
  adapter: sqlite3
development:
  <<: *default
  database: db/development.sqlite3
production:
  primary:
    <<: *default
    database: storage/production.sqlite3

  cache:
    database: "storage/production_cache.sqlite3" # solid_cache
# comment
  queue:
    database: 'data/queue.db'
test:
  database: tmp/test.sqlite3
`;
    expect(sqliteDirectories(text)).toEqual(["storage", "data"]);
  });

  test("are those of every branch of a template", () => {
    const branch = (database: string) => `production:\n  database: ${database}\ntest:\n  a: b\n`;
    const text = `<% if pg %>\n${branch("shop")}<% else %>\n${branch("data/shop.sqlite3")}<% end %>\n`;
    expect(sqliteDirectories(text)).toEqual(["data"]);
  });

  test.for([
    "",
    "production:\n  adapter: postgresql\n  database: shop_production\n",
    'production:\n  database: <%= ENV["X"] %>.sqlite3\n',
    "production:\n  database: ':memory:'\n",
    "development:\n  database: db/development.sqlite3\n",
  ])("are none of %j", (text) => {
    expect(sqliteDirectories(text)).toEqual([]);
  });
});

describe("the databases besides `primary`", () => {
  test("are those of a new Rails app for PostgreSQL", () => {
    const text = `default: &default
  adapter: postgresql
production:
  primary: &primary_production
    <<: *default
    database: app_production
  # solid_cache
  cache:
    <<: *primary_production
    database: app_production_cache
  queue:
    <<: *primary_production
    database: app_production_queue
  analytics:
    url: <%= ENV["ANALYTICS_URL"] %>
  replica:
    host: <%= ENV["REPLICA_HOST"] %>
  local:
    adapter: sqlite3
    database: storage/local.sqlite3
`;
    expect(databasesBesidePrimary(text)).toEqual(["cache", "queue"]);
  });

  test.for([
    "",
    "production:\n  adapter: postgresql\n  database: shop\n",
    "production:\n  <<: *default\n  variables:\n",
    "production:\n  primary:\n    host: a\n  cache:\n    b: c\n",
    "test:\n  primary:\n    a: b\n  cache:\n    a: b\n",
  ])("are none of %j", (text) => {
    expect(databasesBesidePrimary(text)).toEqual([]);
  });
});
