import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeArtifact } from "../../../../src/artifacts/make-artifact.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeFakeMachine } from "../../../support/fake-compiler.ts";

const ruby = { name: "ruby", version: "3.3.8" } as const;
const forArm = { ...ruby, arch: "arm64" };
const cross = { "aarch64-linux-gnu-gcc": "" };

describe("Ruby for another architecture", () => {
  test("is compiled by the tools for that, with a Ruby of the same version that runs here", async () => {
    const { context, offer } = await makeFakeMachine(cross);
    await offer({ ...ruby, kind: "source" });
    await offer({ ...ruby, kind: "prebuilt" });
    await makeArtifact(forArm, context);
    expect(await readdir(context.out)).toContain("ruby-3.3.8-debian-12-arm64.tgz");
    const options = await readFile(join(context.work, "ruby/options"), "utf8");
    const base = join(context.work, "base-ruby/bin/ruby");
    expect(options).toContain("--build=x86_64-linux-gnu --host=aarch64-linux-gnu");
    expect(options).toContain(`--with-baseruby=${base}`);
  });

  test("is refused where what is offered as that Ruby is another", async () => {
    const { context, offer } = await makeFakeMachine(cross);
    await offer({ ...ruby, kind: "source" });
    await offer({ name: "ruby", version: "3.3.7", kind: "prebuilt" });
    const [source, other] = context.inventory;
    const inventory = [source, { ...other, version: "3.3.8" }] as typeof context.inventory;
    const failure = await failureOf(makeArtifact(forArm, { ...context, inventory }));
    expect(failure).toMatchObject({ code: "artifact/wrong-version", wanted: "3.3.8" });
  });

  test("names at once what is missing for both Rubies, where the other must be compiled first", async () => {
    const { context, offer } = await makeFakeMachine({});
    await offer({ ...ruby, kind: "source" });
    const failure = await failureOf(makeArtifact(forArm, context));
    const missing = "missing" in failure ? failure.missing : [];
    expect(missing).toEqual(
      expect.arrayContaining([
        { tool: "aarch64-linux-gnu-gcc", packages: "gcc-aarch64-linux-gnu" },
        { tool: "yaml.h", packages: "libyaml-dev:arm64" },
        { tool: "cc", packages: "build-essential" },
        { tool: "yaml.h", packages: "libyaml-dev" },
      ]),
    );
    expect(await readdir(context.work)).toEqual([]);
  });

  test("cannot be made where nothing compiles for it", async () => {
    const { context, offer } = await makeFakeMachine({ cc: "" });
    await offer({ ...ruby, kind: "source" });
    const machine = { ...context.machine, arch: "riscv64" };
    expect(await failureOf(makeArtifact(forArm, { ...context, machine }))).toEqual({
      code: "artifact/no-compiler",
      from: "riscv64",
      to: "arm64",
    });
  });
});

test("jemalloc for another architecture takes no Ruby", async () => {
  const { context, offer } = await makeFakeMachine(cross);
  await offer({ name: "jemalloc", version: "5.3.0", kind: "source" });
  await makeArtifact({ name: "jemalloc", version: "5.3.0", arch: "arm64" }, context);
  const options = await readFile(join(context.work, "jemalloc/options"), "utf8");
  expect(options).toContain("--host=aarch64-linux-gnu");
  expect(options).toContain("--with-lg-page=16");
});
