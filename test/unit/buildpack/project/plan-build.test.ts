import { describe, expect, test } from "vitest";
import { chosenNodeProvider, planFor } from "../../../../src/buildpack/project/plan-build.ts";

const nothing = {
  packageJson: false,
  yarnLock: false,
  jruby: false,
  execJs: false,
  nodeAtLaunch: false,
};
const provides = [{ name: "ruby" }];
const ruby = (provider: string) => ({
  name: "ruby",
  metadata: { build: true, launch: true, "node-provider": provider },
});
const jdk = { name: "jdk", metadata: { build: true, launch: true, buildpack: "heroku/jvm" } };
const heroku = (buildpack: string) => ({
  name: "heroku/nodejs",
  metadata: { build: true, buildpack, skip_pruning: true },
});
const node = { name: "node", metadata: { build: true, buildpack: "heroku/nodejs-engine" } };
const yarn = { name: "yarn", metadata: { build: true, buildpack: "heroku/nodejs-yarn" } };
const modules = (buildpack: string) => ({
  name: "node_modules",
  metadata: { build: true, buildpack },
});

describe("the build plan", () => {
  test("of an app that needs nothing else provides and requires ruby", () => {
    expect(planFor(nothing)).toEqual({ provides, requires: [ruby("not-needed")], or: [] });
  });

  test("of an app on JRuby requires a JDK as well", () => {
    expect(planFor({ ...nothing, jruby: true })).toEqual({
      provides,
      requires: [ruby("not-needed"), jdk],
      or: [],
    });
  });

  test("of an app with a package.json takes Node from whoever has it, or from nobody", () => {
    expect(planFor({ ...nothing, packageJson: true })).toEqual({
      provides,
      requires: [ruby("heroku/nodejs"), heroku("heroku/nodejs-engine")],
      or: [
        { provides, requires: [ruby("node-and-modules"), node, modules("heroku/nodejs-engine")] },
        { provides, requires: [ruby("node"), node] },
        { provides, requires: [ruby("none")] },
      ],
    });
  });

  test("of an app with a yarn.lock alone takes Yarn and the Node that it runs on", () => {
    expect(planFor({ ...nothing, yarnLock: true })).toEqual({
      provides,
      requires: [ruby("heroku/nodejs"), heroku("heroku/nodejs-yarn")],
      or: [
        {
          provides,
          requires: [ruby("node-and-modules"), node, yarn, modules("heroku/nodejs-yarn")],
        },
        { provides, requires: [ruby("node"), node, yarn] },
        { provides, requires: [ruby("none")] },
      ],
    });
  });

  test("of an app with both on JRuby repeats everything in each alternative", () => {
    expect(planFor({ ...nothing, packageJson: true, yarnLock: true, jruby: true })).toEqual({
      provides,
      requires: [
        ruby("heroku/nodejs"),
        jdk,
        heroku("heroku/nodejs-engine"),
        heroku("heroku/nodejs-yarn"),
      ],
      or: [
        {
          provides,
          requires: [ruby("node-and-modules"), jdk, node, yarn, modules("heroku/nodejs-yarn")],
        },
        { provides, requires: [ruby("node"), jdk, node, yarn] },
        { provides, requires: [ruby("none"), jdk] },
      ],
    });
  });

  test("of an app whose gems run JavaScript takes Node alone, at launch too", () => {
    expect(planFor({ ...nothing, execJs: true })).toEqual({
      provides,
      requires: [ruby("heroku/nodejs"), heroku("heroku/nodejs-engine")],
      or: [
        { provides, requires: [ruby("node"), withLaunch(node)] },
        { provides, requires: [ruby("none")] },
      ],
    });
  });

  test("has Node and packages at launch, but not Yarn, where the user wants them then", () => {
    const plan = planFor({ ...nothing, packageJson: true, yarnLock: true, nodeAtLaunch: true });
    expect(plan.or[0]?.requires).toEqual([
      ruby("node-and-modules"),
      withLaunch(node),
      yarn,
      withLaunch(modules("heroku/nodejs-yarn")),
    ]);
  });
});

test("the alternative that was chosen is told by an entry of the buildpack plan", () => {
  const others = { name: "ruby", metadata: { build: true } };
  const ours = { name: "ruby", metadata: { "node-provider": "node" } };
  expect(chosenNodeProvider({ entries: [others, ours] })).toBe("node");
  expect(chosenNodeProvider({ entries: [others] })).toBeUndefined();
});

function withLaunch(entry: { name: string; metadata: object }) {
  return { ...entry, metadata: { ...entry.metadata, launch: true } };
}
