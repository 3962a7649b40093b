import { join } from "node:path";
import { expect, test } from "vitest";
import { leaveOutGems } from "../../../../src/buildpack/gems/leave-out-gems.ts";
import { readProject } from "../../../../src/buildpack/project/read-project.ts";
import { makeTree } from "../../../support/tree.ts";

const lockfile = `GIT
  remote: https://git.example.com/cloned.git
  revision: 0123456789abcdef0123456789abcdef01234567
  specs:
    cloned (1.0)

PATH
  remote: engines/own
  specs:
    own (0.1.0)

GEM
  remote: https://gems.example.com/
  specs:
    irb (1.18.0)
    json (2.9.1)
    minitest (5.25.4)
    nokogiri (1.19.7-arm64-darwin)
    nokogiri (1.19.7-x86_64-linux-gnu)
    pg (1.7.0)
    pg (1.7.0-arm64-darwin)
    puma (8.0.2)
    rake (13.4.2)

PLATFORMS
  ruby

DEPENDENCIES
  puma
`;

test("locked gems that are not installed are left out; others of the name do not stand for them", async () => {
  const app = await makeTree({ Gemfile: "", "Gemfile.lock": lockfile });
  const layers = await makeTree({
    "gems/specifications/nokogiri-1.19.7-x86_64-linux-gnu.gemspec": "",
    "gems/specifications/puma-8.0.2.gemspec": "",
    "ruby/lib/ruby/gems/3.4.0/specifications/default/json-2.9.1.gemspec": "",
    "gems/specifications/pg-1.7.0-x86_64-linux.gemspec": "",
    "ruby/lib/ruby/gems/3.4.0/specifications/minitest-5.25.4.gemspec": "",
    "ruby/lib/ruby/gems/3.4.0/specifications/rake-13.2.1.gemspec": "",
  });
  const gemfile = join(app, "Gemfile");
  const places = {
    app,
    gemfile,
    gems: `${layers}/gems`,
    bundler: undefined,
    ruby: `${layers}/ruby`,
  };
  const { locked } = await leaveOutGems(await readProject(app), { places });
  expect(locked.specs.map(({ name, platform }) => [name, platform])).toEqual([
    ["cloned", "ruby"],
    ["own", "ruby"],
    ["json", "ruby"],
    ["nokogiri", "x86_64-linux-gnu"],
    ["pg", "ruby"],
    ["puma", "ruby"],
  ]);
});
