import { describe, expect, test } from "vitest";
import { packageManagerOf } from "../../../src/ruby/package-manager.ts";

describe("the package manager of an app", () => {
  test.each([
    ["bun.lockb", "bun"],
    ["bun.lock", "bun"],
    ["yarn.lock", "yarn"],
    ["pnpm-lock.yaml", "pnpm"],
    ["package-lock.json", "npm"],
    ["npm-shrinkwrap.json", "npm"],
    ["package.json", "npm"],
  ])("is chosen by %s: %s", (file, name) => {
    expect(packageManagerOf(["Gemfile", file], "")).toMatchObject({ name, chosenBy: file });
  });

  test("is undefined if the app has no such file", () => {
    expect(packageManagerOf(["Gemfile", "Gemfile.lock"], undefined)).toBeUndefined();
  });

  test("for several lockfiles is the one that jsbundling-rails chooses", () => {
    const files = ["package-lock.json", "package.json", "pnpm-lock.yaml", "yarn.lock"];
    expect(packageManagerOf(files, "")?.name).toBe("yarn");
    expect(packageManagerOf([...files, "bun.lockb"], "")?.name).toBe("bun");
    expect(packageManagerOf(files.slice(0, 3), "")?.name).toBe("pnpm");
  });

  test("removes development dependencies with its own command", () => {
    const prune = (file: string, text = "") => packageManagerOf([file], text)?.prune?.join(" ");
    expect(prune("package-lock.json")).toBe(
      "prune --omit=dev --ignore-scripts --no-audit --no-fund",
    );
    expect(prune("pnpm-lock.yaml")).toBe("prune --prod --ignore-scripts");
    expect(prune("yarn.lock", "# yarn lockfile v1\n")).toBe(
      "install --production --frozen-lockfile --ignore-engines --ignore-scripts --prefer-offline --non-interactive",
    );
    expect(prune("yarn.lock", "__metadata:\n  version: 8\n")).toBe(
      "workspaces focus --all --production",
    );
    expect(prune("bun.lock")).toBeUndefined();
  });

  test("gets no YARN_ variable that newer versions of Yarn reject", () => {
    const variables = (text: string) => packageManagerOf(["yarn.lock"], text)?.withDevelopment;
    expect(variables("# yarn lockfile v1\n")).toEqual({ YARN_PRODUCTION: "false" });
    expect(variables("__metadata:\n  version: 8\n")).toEqual({});
  });
});
