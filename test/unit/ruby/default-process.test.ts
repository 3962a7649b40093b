import { describe, expect, test } from "vitest";
import { defaultWebProcess } from "../../../src/ruby/default-process.ts";

const none = { railties: false, rack: false, configRu: false, binRails: false };

describe("defaultWebProcess", () => {
  test("starts Rails by its own script on the IPv6 wildcard", () => {
    expect(
      defaultWebProcess({ ...none, railties: true, rack: true, binRails: true }),
    ).toMatchObject({
      framework: "rails",
      script:
        'exec bin/rails server --port "${PORT:-3000}" --environment "$RAILS_ENV" --binding "::" "$@"',
    });
  });

  test("starts Rails through Bundler where there is no bin/rails", () => {
    const web = defaultWebProcess({ ...none, railties: true });
    expect(web).toMatchObject({ script: expect.stringMatching(/^exec bundle exec rails server /) });
  });

  test("starts a Rack app by rackup", () => {
    expect(defaultWebProcess({ ...none, rack: true, configRu: true })).toMatchObject({
      framework: "rack",
      script: 'exec bundle exec rackup --port "${PORT:-9292}" --host "::" "$@"',
    });
  });

  test("has nothing to start without config.ru, and says so", () => {
    expect(defaultWebProcess({ ...none, rack: true })).toEqual({
      framework: "none",
      because: "there is no `config.ru`",
    });
  });

  test("has nothing to start without railties and rack, and says so", () => {
    expect(defaultWebProcess({ ...none, configRu: true })).toEqual({
      framework: "none",
      because: "the lockfile has neither railties nor rack",
    });
  });
});
