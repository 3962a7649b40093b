import { describe, expect, test } from "vitest";
import { type Candidate, resolvePlan } from "../../../../src/platform/lifecycle/plan-resolution.ts";

interface Sections {
  provides?: string[];
  requires?: string[];
}

/** A candidate whose plan and alternatives are given by names. */
function candidate(
  id: string,
  [plan = {}, ...or]: Sections[],
  optional = false,
): Candidate<{ id: string }> {
  const sections = ({ provides = [], requires = [] }: Sections) => ({
    provides: provides.map((name) => ({ name })),
    requires: requires.map((name) => ({ name, metadata: { by: id } })),
  });
  return { buildpack: { id }, optional, plan: { ...sections(plan), or: or.map(sections) } };
}

const optional = true;

/** The ids of the group, or what is wrong. */
function resolve(...candidates: Candidate<{ id: string }>[]): string[] {
  const resolution = resolvePlan(candidates);
  return resolution.state === "resolved"
    ? resolution.group.map(({ id }) => id)
    : resolution.problems;
}

describe("one trial", () => {
  test("a buildpack may require what it provides itself", () => {
    expect(resolve(candidate("a", [{ provides: ["x"], requires: ["x"] }]))).toEqual(["a"]);
  });

  test("a buildpack without a plan fits", () => {
    expect(resolve(candidate("a", [{}]))).toEqual(["a"]);
  });

  test("a requirement must be provided earlier", () => {
    expect(
      resolve(candidate("a", [{ requires: ["x"] }]), candidate("b", [{ provides: ["x"] }])),
    ).toEqual([
      "a requires x, which no other buildpack provides",
      "b provides x, which no other buildpack requires",
    ]);
  });

  test("names the buildpack that could provide a missing requirement, if its metadata says so", () => {
    const plan = {
      provides: [],
      requires: [{ name: "jdk", metadata: { buildpack: "test/jvm" } }],
      or: [],
    };
    const asking = { buildpack: { id: "a" }, optional: false, plan };
    expect(resolve(asking)).toEqual([
      "a requires jdk, which no other buildpack provides (test/jvm would)",
    ]);
  });

  test("a provision must be required later", () => {
    expect(resolve(candidate("a", [{ provides: ["x"] }]))).toEqual([
      "a provides x, which no other buildpack requires",
    ]);
  });

  test("a provider that comes after the last requirement is unused", () => {
    expect(
      resolve(
        candidate("a", [{ provides: ["x"], requires: ["x"] }]),
        candidate("b", [{ provides: ["x"] }]),
      ),
    ).toEqual(["b provides x, which no other buildpack requires"]);
  });

  test("an optional buildpack that does not fit is dropped", () => {
    expect(resolve(candidate("a", [{}]), candidate("b", [{ requires: ["x"] }], optional))).toEqual([
      "a",
    ]);
  });

  test("dropping goes on until all fit", () => {
    expect(
      resolve(
        candidate("a", [{}]),
        candidate("b", [{ provides: ["y"], requires: ["x"] }], optional),
        candidate("c", [{ provides: ["z"], requires: ["y"] }], optional),
        candidate("d", [{ requires: ["z"] }], optional),
      ),
    ).toEqual(["a"]);
  });

  test("a buildpack fails if only a dropped one provides what it requires", () => {
    expect(
      resolve(
        candidate("a", [{ provides: ["y"], requires: ["x"] }], optional),
        candidate("b", [{ requires: ["y"] }]),
      ),
    ).toEqual(["b requires y, which no other buildpack provides"]);
  });

  test("fails if all buildpacks are dropped", () => {
    expect(resolve(candidate("a", [{ requires: ["x"] }], optional))).toEqual([
      "no buildpack is left",
    ]);
  });
});

describe("alternatives", () => {
  test("the plan itself is tried before its alternatives", () => {
    const first = candidate("a", [
      { provides: ["x"], requires: ["x"] },
      { provides: ["y"], requires: ["y"] },
    ]);
    const resolution = resolvePlan([first]);
    expect(resolution).toMatchObject({ entries: [{ name: "x" }] });
  });

  test("the last buildpack's alternatives vary fastest", () => {
    const either = (id: string) => candidate(id, [{ requires: ["p"] }, { requires: ["q"] }]);
    const resolution = resolvePlan([
      candidate("both", [{ provides: ["p", "q"] }]),
      either("a"),
      either("b"),
    ]);
    // Of a's and b's choices (p, p) leaves q unused; (p, q) comes before (q, p).
    expect(resolution).toMatchObject({
      entries: [
        { name: "p", requires: [{ name: "p", metadata: { by: "a" } }] },
        { name: "q", requires: [{ name: "q", metadata: { by: "b" } }] },
      ],
    });
  });

  test("an optional buildpack may be dropped only in its last alternative", () => {
    const picky = candidate(
      "a",
      [{ requires: ["x"] }, { provides: ["y"], requires: ["y"] }],
      optional,
    );
    expect(resolve(candidate("b", [{}]), picky)).toEqual(["b", "a"]);
    const hopeless = candidate("a", [{ requires: ["x"] }, { requires: ["y"] }], optional);
    expect(resolve(candidate("b", [{}]), hopeless)).toEqual(["b"]);
  });
});

describe("the plan's entries", () => {
  test("an entry lists all earlier providers, and all requirements in order", () => {
    const resolution = resolvePlan([
      candidate("a", [{ provides: ["x"] }]),
      candidate("b", [{ provides: ["x"], requires: ["x"] }]),
      candidate("c", [{ requires: ["x"] }]),
    ]);
    expect(resolution).toMatchObject({
      entries: [
        {
          name: "x",
          providers: ["a", "b"],
          requires: [
            { name: "x", metadata: { by: "b" } },
            { name: "x", metadata: { by: "c" } },
          ],
        },
      ],
    });
  });
});
