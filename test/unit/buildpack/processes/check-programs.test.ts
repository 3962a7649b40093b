import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkPrograms } from "../../../../src/buildpack/processes/check-programs.ts";
import { recordSection } from "../../../support/section.ts";
import { temporaryDirectory } from "../../../support/world.ts";

test("warns about programs of a Procfile that are missing or not executable", async () => {
  await using place = await temporaryDirectory();
  await mkdir(join(place.path, "bin"));
  for (const name of ["serve", "plain"])
    await writeFile(join(place.path, "bin", name), "#!/bin/sh\n");
  await chmod(join(place.path, "bin/serve"), 0o755);
  await chmod(join(place.path, "bin/plain"), 0o644);
  const section = recordSection();
  const entries = Object.entries({
    web: "bin/serve --quietly",
    worker: "A=b ./bin/plain",
    release: "bin/missing && echo migrated",
    clock: "bundle exec clockwork",
  }).map(([type, line]) => ({ type, line }));
  await checkPrograms(place.path, entries, section);
  expect(section.lines).toEqual([
    "! `worker` of the Procfile will not start: `./bin/plain` is not executable.",
    "! Fix: git update-index --chmod=+x ./bin/plain",
    "! `release` of the Procfile will not start: the app has no `bin/missing`.",
  ]);
});
