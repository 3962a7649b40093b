import { describe, expect, test } from "vitest";
import {
  applyEnvModifications,
  type EnvModification,
} from "../../../../src/cnb/layers/env-modification.ts";

type Change = Omit<EnvModification, "scope" | "name"> & { scope?: EnvModification["scope"] };

/** The value of `X` after these modifications, where it was `before` (or not there). */
function after(before: string | undefined, ...changes: Change[]): string | undefined {
  const env: Record<string, string> = before === undefined ? {} : { X: before };
  const modifications = changes.map((change) =>
    Object.assign({ scope: "all" as const, name: "X" }, change),
  );
  return applyEnvModifications(env, modifications, "build")["X"];
}

describe("Environment Variable Modification Rules", () => {
  const colon = { delim: ":" };
  // before, behavior, delimiter, and the value that lifecycles arrive at for a file holding `new`
  test.each([
    ["override", undefined, {}, "new"],
    ["override", "old", {}, "new"],
    ["default", undefined, {}, "new"],
    ["default", "", {}, "new"],
    ["default", "old", {}, "old"],
    ["append", undefined, colon, "new"],
    ["append", "", colon, "new"],
    ["append", "old", colon, "old:new"],
    ["append", "old", {}, "oldnew"],
    ["prepend", undefined, colon, "new"],
    ["prepend", "", colon, "new"],
    ["prepend", "old", colon, "new:old"],
    ["prepend", "old", {}, "newold"],
  ] as const)("%s on %j with %j makes %j", (behavior, before, delim, expected) => {
    expect(after(before, { behavior, value: "new", ...delim })).toBe(expected);
  });

  test("uses values unchanged, without expansion", () => {
    expect(after("old", { behavior: "override", value: " $X\n`id` " })).toBe(" $X\n`id` ");
  });

  test("does not change the environment that it was given", () => {
    const env = { X: "old" };
    applyEnvModifications(
      env,
      [{ scope: "all", name: "X", behavior: "override", value: "new" }],
      "build",
    );
    expect(env).toEqual({ X: "old" });
  });
});

describe("Environment Variable Modification Rules, order within a directory", () => {
  test("goes by file name: append, default, override, prepend", () => {
    const prepend = { behavior: "prepend", value: "first" } as const;
    const override = { behavior: "override", value: "middle" } as const;
    const append = { behavior: "append", value: "lost" } as const;
    expect(after("old", prepend, override, append)).toBe("firstmiddle");
  });

  test("puts a file without suffix before all others", () => {
    const append = { behavior: "append", value: "b" } as const;
    const plain = { behavior: "override", value: "a", unsuffixed: true } as const;
    expect(after("old", append, plain)).toBe("ab");
  });
});

describe("Environment Variable Modification Rules, Delimiter", () => {
  test("applies to every modification of the variable in its directory", () => {
    const append = { behavior: "append", value: "z", delim: "," } as const;
    const prepend = { behavior: "prepend", value: "a" } as const;
    expect(after("m", append, prepend)).toBe("a,m,z");
  });

  test("does not apply to another directory", () => {
    const inEnv = { behavior: "append", value: "b", delim: "," } as const;
    const inEnvBuild = { scope: "build", behavior: "append", value: "c" } as const;
    expect(after("a", inEnv, inEnvBuild)).toBe("a,bc");
  });
});

describe("Environment, Provided by the Buildpacks", () => {
  const modifications: EnvModification[] = [
    { scope: { process: "web" }, name: "X", behavior: "prepend", value: "web " },
    { scope: "launch", name: "X", behavior: "prepend", value: "launch " },
    { scope: "build", name: "X", behavior: "prepend", value: "build " },
    { scope: "all", name: "X", behavior: "prepend", value: "all " },
  ];
  const apply = (phase: "build" | "launch", type?: string) =>
    applyEnvModifications({ X: "." }, modifications, phase, type)["X"];

  test("applies env, then env.build, at build", () => {
    expect(apply("build")).toBe("build all .");
  });

  test("applies env, then env.launch, at launch", () => {
    expect(apply("launch")).toBe("launch all .");
  });

  test("applies env.launch/<process> last, and to that process only", () => {
    expect(apply("launch", "web")).toBe("web launch all .");
    expect(apply("launch", "worker")).toBe("launch all .");
    expect(apply("build", "web")).toBe("build all .");
  });

  test("lets an earlier directory win for defaults", () => {
    const defaults: EnvModification[] = [
      { scope: "launch", name: "X", behavior: "default", value: "launch" },
      { scope: "all", name: "X", behavior: "default", value: "all" },
    ];
    expect(applyEnvModifications({}, defaults, "launch")["X"]).toBe("all");
  });
});
