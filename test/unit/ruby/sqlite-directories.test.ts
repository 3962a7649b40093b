import { describe, expect, test } from "vitest";
import { sqliteDirectories } from "../../../src/ruby/sqlite-directories.ts";

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
