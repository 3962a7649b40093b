import { expect, test } from "vitest";
import { imageLabels } from "../../../../src/buildpack/processes/image-labels.ts";
import { readSettings } from "../../../../src/settings.ts";

function labelsFor(env: Record<string, string>) {
  const read = readSettings(env);
  if ("invalid" in read) return read.invalid;
  return imageLabels(env, read.settings.BP_IMAGE_LABELS);
}

test.each([
  ["BP_OCI_SOURCE", "org.opencontainers.image.source"],
  ["BP_OCI_REVISION", "org.opencontainers.image.revision"],
  ["BP_OCI_VERSION", "org.opencontainers.image.version"],
  ["BP_OCI_TITLE", "org.opencontainers.image.title"],
  ["BP_OCI_REF_NAME", "org.opencontainers.image.ref.name"],
])("%s becomes the label %s", (variable, key) => {
  expect(labelsFor({ [variable]: "a b\n" })).toEqual([{ key, value: "a b" }]);
  expect(labelsFor({ [variable]: "" })).toEqual([]);
});

test("BP_IMAGE_LABELS has labels separated by spaces, with quotes around spaces", () => {
  const BP_IMAGE_LABELS = `service=shop team="the shop" note='a "b"' empty= url=http://x/?a=b`;
  expect(labelsFor({ BP_IMAGE_LABELS })).toEqual([
    { key: "service", value: "shop" },
    { key: "team", value: "the shop" },
    { key: "note", value: 'a "b"' },
    { key: "empty", value: "" },
    { key: "url", value: "http://x/?a=b" },
  ]);
});

test("BP_IMAGE_LABELS wins over BP_OCI_*", () => {
  const env = { BP_OCI_TITLE: "a", BP_IMAGE_LABELS: "org.opencontainers.image.title=b" };
  expect(labelsFor(env)).toEqual([{ key: "org.opencontainers.image.title", value: "b" }]);
});

test.each(["service", "=x", 'a="b'])("BP_IMAGE_LABELS=%s is not valid", (value) => {
  expect(labelsFor({ BP_IMAGE_LABELS: value })).toMatchObject({
    key: "BP_IMAGE_LABELS",
    problem: "expected `KEY=VALUE` for each label, separated by spaces, with quotes around spaces",
  });
});
