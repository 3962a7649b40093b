import { describe, expect, test } from "vitest";
import { sectionOf } from "../../../../scripts/release/changelog.ts";
import { registryEntry } from "../../../../scripts/release/registry-entry.ts";

const digest = "sha256:293bc549160aa78d8a354a756d594b5ef4f59f30c3bc9392f2f9bf502295ad70";

describe("the entry of the buildpack registry", () => {
  // As the registry has it for other buildpacks.
  test("is one line of a file that is named by the id", () => {
    const { path, line } = registryEntry(
      "heroku/ruby",
      "12.4.1",
      `docker.io/heroku/buildpack-ruby@${digest}`,
    );
    expect(path).toBe("ru/by/heroku_ruby");
    expect(line).toBe(
      `{"ns":"heroku","name":"ruby","version":"12.4.1","yanked":false,"addr":"docker.io/heroku/buildpack-ruby@${digest}"}`,
    );
  });

  test("is asked for by an issue with a TOML block", () => {
    const { request } = registryEntry(
      "lapidary/ruby",
      "1.2.3",
      `ghcr.io/gems/lapidary-ruby@${digest}`,
    );
    expect(request.title).toBe("ADD lapidary/ruby@1.2.3");
    expect(request.body).toContain(
      `id = "lapidary/ruby"\nversion = "1.2.3"\naddr = "ghcr.io/gems/lapidary-ruby@${digest}"`,
    );
  });

  test.each([
    ["a/b", "1/a_b"],
    ["a/go", "2/a_go"],
    ["a/jvm", "3/jv/a_jvm"],
    ["a/procfile", "pr/oc/a_procfile"],
  ])("of %s is in %s", (id, path) => {
    expect(registryEntry(id, "1.0.0", `ghcr.io/a/b@${digest}`).path).toBe(path);
  });

  test.each(["ghcr.io/a/b:1.2.3", "ghcr.io/a/b@sha256:12", "b@" + digest, ""])(
    "names an image by its digest, not %j",
    (image) => {
      expect(() => registryEntry("a/b", "1.0.0", image)).toThrow("HOST/NAME@sha256:DIGEST");
    },
  );
});

test("the notes of a release are its section of the changelog", () => {
  const changelog =
    "# C\n\n## [Unreleased]\n\n## [1.10.0] - 2026-02-02\n\n### Added\n\n- B.\n\n## [1.1.0]\n\n- A.\n";
  expect(sectionOf(changelog, "1.10.0")).toBe("### Added\n\n- B.");
  expect(sectionOf(changelog, "1.1.0")).toBe("- A.");
  expect(sectionOf(changelog, "Unreleased")).toBe("");
  expect(sectionOf(changelog, "1.1")).toBeUndefined();
});
