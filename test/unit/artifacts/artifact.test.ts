import { expect, test } from "vitest";
import { type Artifact, checksumLabel } from "../../../src/artifacts/artifact.ts";

const artifact: Artifact = {
  name: "jemalloc",
  version: "5.3.1",
  kind: "prebuilt",
  url: "https://ann:secret@mirror.example.com/jemalloc.tgz?signature=secret",
  sha256: undefined,
  stripComponents: 0,
  builtFor: {},
  origin: "operator",
};

test("the label of an archive without a checksum has no credentials and no signature", () => {
  const label = "none published for https://mirror.example.com/jemalloc.tgz";
  expect(checksumLabel(artifact)).toBe(label);
  expect(checksumLabel({ ...artifact, sha256: "a" })).toBe("a");
});
