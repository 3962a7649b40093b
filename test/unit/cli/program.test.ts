import { describe, expect, test } from "vitest";
import { failureOf } from "../../support/failure.ts";
import { printedBy, typed } from "../../support/typed.ts";

describe("build", () => {
  test("uses this machine's root, ids and network unless told otherwise", async () => {
    expect(await typed("build app")).toMatchObject({
      command: "build",
      args: [
        "app",
        {
          env: [],
          envFile: [],
          binding: [],
          volume: [],
          buildpack: [],
          buildRoot: "/",
          network: true,
          platformApi: "0.15",
          execEnv: "production",
        },
      ],
    });
  });

  test("takes every option, repeatable ones in the order given", async () => {
    const line =
      "build app --env A=1 --env B=2 --env-file f --binding d --binding n=e --volume v:/v " +
      "--volume w:/w --buildpack p --buildpack q --clear-cache --build-root /b --run-root /r " +
      "--image oci:i --run-image oci:r --lifecycle l --insecure-registry a --insecure-registry b " +
      "--tag oci:j --tag oci:k --previous-image oci:p --cache-image oci:c --default-process job --creation-time now " +
      "--platform-api 0.9 --exec-env test --workspace app --descriptor d.toml --sbom-output-dir o --state s " +
      "--report r.json --uid 1000 --gid 1001 --no-network --verbose";
    expect((await typed(line))?.args).toEqual([
      "app",
      {
        env: ["A=1", "B=2"],
        envFile: ["f"],
        binding: ["d", "n=e"],
        volume: ["v:/v", "w:/w"],
        buildpack: ["p", "q"],
        clearCache: true,
        buildRoot: "/b",
        runRoot: "/r",
        image: "oci:i",
        runImage: "oci:r",
        lifecycle: "l",
        insecureRegistry: ["a", "b"],
        tag: ["oci:j", "oci:k"],
        previousImage: "oci:p",
        cacheImage: "oci:c",
        defaultProcess: "job",
        creationTime: "now",
        platformApi: "0.9",
        execEnv: "test",
        workspace: "/app",
        descriptor: "d.toml",
        sbomOutputDir: "o",
        state: "s",
        report: "r.json",
        uid: 1000,
        gid: 1001,
        network: false,
        verbose: true,
      },
    ]);
  });

  test("is quiet if asked, which contradicts --verbose", async () => {
    expect((await typed("build app --quiet"))?.args).toMatchObject(["app", { quiet: true }]);
    expect((await typed("slug app -q"))?.args).toMatchObject(["app", { quiet: true }]);
    expect(await failureOf(typed("build app --verbose -q"))).toMatchObject({
      code: "platform/usage",
      problem: expect.stringContaining("--verbose"),
    });
  });

  test("takes options before the app, too", async () => {
    expect((await typed("build --uid 7 app"))?.args).toMatchObject(["app", { uid: 7 }]);
  });
});

describe("doctor", () => {
  test("examines for this machine unless told otherwise", async () => {
    expect(await typed("doctor app")).toEqual({
      command: "doctor",
      args: ["app", { env: [], envFile: [], binding: [] }],
    });
  });

  test("takes every option", async () => {
    const line =
      "doctor app --env A=1 --env-file f --binding n=d --build-root /b --arch arm64 --json";
    const env = { env: ["A=1"], envFile: ["f"], binding: ["n=d"] };
    const rest = { buildRoot: "/b", arch: "arm64", json: true };
    expect((await typed(line))?.args).toEqual(["app", { ...env, ...rest }]);
  });

  test("takes only architectures that can be built for", async () => {
    expect(await failureOf(typed("doctor app --arch s390x"))).toMatchObject({
      code: "platform/usage",
    });
  });
});

describe("run", () => {
  test("leaves everything after -- to the app", async () => {
    expect(await typed("run app --env A=1 -- bin/rails --env -- -h")).toMatchObject({
      command: "run",
      args: ["app", ["bin/rails", "--env", "--", "-h"], { env: ["A=1"] }],
    });
    expect((await typed("run app -- --version"))?.args).toMatchObject(["app", ["--version"], {}]);
  });

  test("takes every option", async () => {
    const line =
      "run app --process worker --run-root /r --run-uid 5 --gid 6 --state s --env-file f --exec-env test";
    expect((await typed(line))?.args).toEqual([
      "app",
      [],
      {
        process: "worker",
        runRoot: "/r",
        runUid: 5,
        gid: 6,
        state: "s",
        env: [],
        envFile: ["f"],
        execEnv: "test",
      },
    ]);
  });
});

describe("slug", () => {
  test("makes slug.tgz unless told otherwise", async () => {
    expect(await typed("slug app.tar.gz")).toEqual({
      command: "slug",
      args: ["app.tar.gz", { env: [], envFile: [], buildpack: [], output: "slug.tgz" }],
    });
    const line =
      "slug --env A=1 --env-file f --buildpack p --buildpack q --cache c --output o.tgz app";
    expect((await typed(line))?.args).toEqual([
      "app",
      { env: ["A=1"], envFile: ["f"], buildpack: ["p", "q"], cache: "c", output: "o.tgz" },
    ]);
  });

  test("run starts a process or a command of a slug", async () => {
    const line =
      "slug run --process web --run-root r --run-uid 7 --gid 8 --env A s.tgz -- a --env b";
    expect(await typed(line)).toEqual({
      command: "slugRun",
      args: [
        "s.tgz",
        ["a", "--env", "b"],
        { process: "web", runRoot: "r", runUid: 7, gid: 8, env: ["A"], envFile: [] },
      ],
    });
  });
});

describe("artifact", () => {
  test("compiles in this machine's root into dist unless told otherwise", async () => {
    expect(await typed("artifact jemalloc 5.3.0")).toEqual({
      command: "artifact",
      args: ["jemalloc", "5.3.0", { root: "/", out: "dist" }],
    });
    const line = "artifact ruby 3.3.8 --root /r --arch arm64 --out o --verbose";
    expect((await typed(line))?.args).toEqual([
      "ruby",
      "3.3.8",
      { root: "/r", arch: "arm64", out: "o", verbose: true },
    ]);
  });
});

describe("package", () => {
  test("takes every option", async () => {
    expect((await typed("package"))?.args).toEqual([{ out: "packages", target: [] }]);
    const line = "package --out o --target linux/arm64 --offline a --distro ubuntu@24.04";
    expect((await typed(line))?.args).toEqual([
      {
        out: "o",
        target: ["arm64"],
        offline: "a",
        distro: { name: "ubuntu", version: "24.04" },
      },
    ]);
  });
});

describe("rebase", () => {
  test("takes every option", async () => {
    const line = "rebase oci:a --run-image oci:r --image oci:b --arch arm64 --force";
    expect((await typed(line))?.args).toEqual([
      "oci:a",
      { runImage: "oci:r", image: "oci:b", arch: "arm64", insecureRegistry: [], force: true },
    ]);
  });
});

describe("inspect", () => {
  test("takes every option", async () => {
    const line = "inspect oci:a --html a.html --json --arch arm64 --insecure-registry h:1";
    expect((await typed(line))?.args).toEqual([
      "oci:a",
      { html: "a.html", json: true, arch: "arm64", insecureRegistry: ["h:1"] },
    ]);
  });
});

describe("help", () => {
  test.each([
    ["build", "--help"],
    ["run", "-h"],
    ["slug", "--help"],
    ["slug run", "-h"],
    ["artifact", "--help"],
    ["package", "-h"],
    ["rebase", "-h"],
    ["inspect", "--help"],
  ])("of `%s` is the same with `%s` as with `help`", async (command, flag) => {
    const help = await printedBy(`help ${command}`);
    expect(help).toContain(`Usage: lapidary ${command} [options]`);
    expect(help).toContain("Examples:");
    expect(await printedBy(`${command} ${flag}`)).toBe(help);
  });

  test("fits in 100 columns and stands on standard output", async () => {
    const pages = [
      "",
      "build",
      "run",
      "slug",
      "slug run",
      "artifact",
      "package",
      "rebase",
      "inspect",
    ];
    for (const page of pages) {
      const wide = (await printedBy(`help ${page}`)).split("\n").filter((row) => row.length > 100);
      expect(wide, page).toEqual([]);
    }
  });

  test("lists every command, and --version names the release", async () => {
    const help = await printedBy("--help");
    for (const command of [
      "build",
      "run",
      "rebase",
      "inspect",
      "slug",
      "artifact",
      "package",
      "help",
    ]) {
      expect(help).toMatch(new RegExp(`^  ${command} `, "m"));
    }
    expect(await printedBy("help")).toBe(help);
    expect(await printedBy("--version")).toBe("lapidary 1.2.3\n");
    expect(await printedBy("-v")).toBe("lapidary 1.2.3\n");
  });
});

describe("a command line that cannot be understood", () => {
  test.each([
    ["", "No command given", {}],
    ["deploy app", "Unknown command `deploy`", {}],
    ["biuld app", "Unknown command `biuld`", { suggestion: "build" }],
    ["help deploy", "Unknown command `deploy`", {}],
    ["build", "Missing required argument `app`", { command: "build" }],
    ["build a b", "Too many arguments", { command: "build" }],
    ["build a --colour", "Unknown option `--colour`", { command: "build" }],
    ["build a --sate x", "Unknown option `--sate`", { suggestion: "--state", command: "build" }],
    ["build a --state", "`--state <DIR>` argument missing", { command: "build" }],
    ["build a --state --verbose", "`--verbose` is invalid", { command: "build" }],
    ["build a --process web", "Unknown option `--process`", {}],
    ["build a --uid root", "It must be a number", { command: "build" }],
    ["build a --clear-cache=yes", "--clear-cache", { command: "build" }],
    ["run a bin/rails", "Put `--` before a command", { command: "run" }],
    ["run a bin/rails -- b", "Put `--` before a command", { command: "run" }],
    ["artifact ruby", "Missing required argument `version`", { command: "artifact" }],
    ["artifact ruby 3.3.8 3.4.5", "Too many arguments", { command: "artifact" }],
    ["artifact perl 5.40.0", "Allowed choices are ruby, jemalloc", { command: "artifact" }],
    ["artifact ruby 3.3.8 --arch x86", "Allowed choices are amd64, arm64", {}],
    ["slug", "Missing required argument `source`", { command: "slug" }],
    ["slug a b", "Too many arguments", { command: "slug" }],
    ["slug run", "Missing required argument `slug`", { command: "slug run" }],
    ["slug run --state x s.tgz", "Unknown option `--state`", { command: "slug run" }],
    ["rebase oci:a", "--run-image", { command: "rebase" }],
    ["package extra", "Too many arguments", { command: "package" }],
    ["package --target linux/386", "linux/amd64 or linux/arm64", { command: "package" }],
    ["package --distro ubuntu", "ubuntu@24.04", { command: "package" }],
  ])("`%s` is refused", async (line, problem, facts) => {
    expect(await failureOf(typed(line))).toMatchObject({
      code: "platform/usage",
      problem: expect.stringContaining(problem),
      ...facts,
    });
  });
});
