import { expect, test } from "vitest";
import { parseReleaseIndex } from "../../../../scripts/update-rubies/release-index.ts";
import { indexOfWebsite } from "../../../../scripts/update-rubies/ruby-lang.ts";

const sha = "837d299e8f7ddf2be31a229a7a7e019d354979825117989acb3b32b1a9be262a";
const url = (version: string) => `https://cache.ruby-lang.org/pub/ruby/${version}.tar.gz`;

// In the form of the website's data files.
const branches = `# This file provides details
- name: 3.10
  status: normal maintenance
  date: 2027-12-25
  eol_date:

- name: 3.1
  status: security maintenance
  date: 2021-12-25
  eol_date:
  expected_eol_date: 2028-03-31

- name: 2.7
  status: eol
  date: 2019-12-25
  eol_date: 2023-03-31

- name: 3.11
  status: preview
  date:
  eol_date:
`;
const releases = `
- version: 3.10.0
  date: '2027-12-25'
  post: "/en/news/"
  url:
    gz: ${url("3.10.0")}
    xz: ${url("3.10.0").replace("gz", "xz")}
  sha256:
    gz: ${sha}
    xz: ${sha.replace("8", "9")}

- version: 3.1.0-preview1
  date: 2021-11-09
  url:
    gz: ${url("3.1.0-preview1")}
  sha256:
    gz: ${sha}

- version: 3.1.9
  date: 2021-11-09
  url:
    xz: ${url("3.1.9")}

- version: 2.7.8
  date: 2023-03-30
  url:
    gz: ${url("2.7.8")}
  sha256:
    gz: ${sha}
`;

test("the website's data files have the releases and branches that are maintained", () => {
  expect(parseReleaseIndex(indexOfWebsite(releases, branches))).toEqual({
    releases: [
      { version: "3.10.0", date: "2027-12-25", url: url("3.10.0"), sha256: sha },
      { version: "3.1.0.preview1", date: "2021-11-09", url: url("3.1.0-preview1"), sha256: sha },
    ],
    branches: [
      { branch: "3.10", status: "normal maintenance", "first-release": "2027-12-25" },
      {
        branch: "3.1",
        status: "security maintenance",
        "first-release": "2021-12-25",
        eol: "2028-03-31",
      },
    ],
  });
});

test("a file of another form is refused", () => {
  expect(() => indexOfWebsite("- 3", branches)).toThrow("releases.yml is not valid");
  expect(() => indexOfWebsite(releases, "a: b")).toThrow("branches.yml is not valid");
});
