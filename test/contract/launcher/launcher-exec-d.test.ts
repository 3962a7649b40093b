import { describe, expect, test } from "vitest";
import { type LaunchStory, launchStory, shells, variablesIn } from "../../support/launch.ts";

const metadata = `
buildpacks = [{ id = "a", api = "0.10" }, { id = "b", api = "0.10" }]
processes = [{ type = "web", command = ["/usr/bin/env", "-0"] }]
`;

/** An exec.d program that writes this TOML to descriptor 3. */
function writing(toml: string): string {
  return `#!/bin/sh\ncat >&3 <<'END'\n${toml}\nEND\n`;
}

describe.each(shells.map((shell) => ({ shell })))("exec.d under $shell", ({ shell }) => {
  const launch = async (files: Record<string, string>, story: Partial<LaunchStory> = {}) =>
    await launchStory({ metadata, files, name: "web", shell, ...story });

  test("runs programs by buildpack, layer and name, those of the process last", async () => {
    const append = (text: string) => `#!/bin/sh\necho "V = '$V ${text}'" >&3\n`;
    const launched = await launch({
      "layers/b/x/exec.d/1": append("bx1"),
      "layers/a/y/exec.d/1": append("ay1"),
      "layers/a/x/exec.d/web/0": append("ax-web"),
      "layers/a/x/exec.d/worker/0": append("never"),
      "layers/a/x/exec.d/2": append("ax2"),
      "layers/a/x/exec.d/1": append("ax1"),
      "layers/a/x/env/V": "env",
    });
    expect(variablesIn(launched)["V"]).toBe("env ax1 ax2 ax-web ay1 bx1");
  });

  test("lets a program override what the user has set", async () => {
    const launched = await launch(
      { "layers/a/x/exec.d/1": writing(`V = "x"`) },
      { env: { V: "u" } },
    );
    expect(variablesIn(launched)["V"]).toBe("x");
  });

  test("gives a program no input, the app's directory, and our own outputs", async () => {
    const program = `#!/bin/sh\necho "$(pwd):$(cat)"\necho err >&2\n`;
    const { stdout, stderr, root } = await launch(
      { "layers/a/x/exec.d/1": program },
      { args: ["--", "true"], name: "launcher" },
    );
    expect(stdout).toBe(`${root}/app:\n`);
    expect(stderr).toBe("err\n");
  });

  test.each([
    ["a program that fails", "#!/bin/sh\nexit 3\n", "exited with 3"],
    ["output that is no TOML", writing("hello"), "TOML"],
    ["a value that is no string", writing("V = 1"), "TOML"],
    ["a table", writing("[V]\nW = 'x'"), "TOML"],
  ])("exits 82 for %s", async (_, program, words) => {
    const { exitCode, stderr, stdout } = await launch({ "layers/a/x/exec.d/1": program });
    expect({ exitCode, stdout }).toEqual({ exitCode: 82, stdout: "" });
    expect(stderr).toContain("layers/a/x/exec.d/1");
    expect(stderr).toContain(words);
  });

  test("hands on variables of the user and of layers whose names no shell takes", async () => {
    const launched = await launch(
      {
        "layers/a/x/env/L-1.append": "layer",
        "layers/a/x/env/L-1.delim": ":",
        "layers/a/x/exec.d/1": `#!/bin/sh\necho "\\"D-1\\" = '$(tr "\\\\0" "\\\\n" </proc/$$/environ | grep -c "^U.1=two")'" >&3\n`,
      },
      { env: { "U.1": "two\nlines 'x'", "L-1": "user" } },
    );
    expect(variablesIn(launched)).toMatchObject({
      ...{ "U.1": "two\nlines 'x'", "L-1": "user:layer", "D-1": "1" },
    });
  });

  // Expected values by the TOML specification 1.0, "String" and "Keys".
  test.each<[string, string, Record<string, string>]>([
    ["nothing", "", {}],
    ["comments and blank lines", `# one\n\n \t# two\nV = "x" # three`, { V: "x" }],
    [
      "basic strings",
      String.raw`V = "a\tb\n\"c\" \\ \u00e9 \U0001F600"`,
      { V: 'a\tb\n"c" \\ é 😀' },
    ],
    ["rare escapes", String.raw`V = "\b\f\r"`, { V: "\b\f\r" }],
    ["a line break at the end", String.raw`V = "a\n\n"`, { V: "a\n\n" }],
    [
      "literal strings",
      String.raw`V = 'C:\n "x" # no comment'`,
      { V: String.raw`C:\n "x" # no comment` },
    ],
    ["empty strings", `V = ""\nW = ''`, { V: "", W: "" }],
    [
      "lines in basic strings",
      `V = """\none\n  two ""x"" \\\n\n   joined"""`,
      { V: 'one\n  two ""x"" joined' },
    ],
    ["lines in literal strings", "V = '''\none\n\\ '' two'''", { V: "one\n\\ '' two" }],
    ["quotes that touch the end", `V = """x"""""\nW = '''y'''''`, { V: 'x""', W: "y''" }],
    ["carriage returns between lines", `V = "x"\r\nW = "y"\r`, { V: "x", W: "y" }],
    ["escapes of TOML 1.1", String.raw`V = "\e[1m\x41\xe9"`, { V: "\u001b[1mAé" }],
    ["text after a byte order mark", `\uFEFFV = "x"`, { V: "x" }],
    [
      "names that no shell takes",
      `V-W = "a\nb'c"\n1V = "y"\n"V W" = "z"\n"é" = "e"`.replace("\n", "\\n"),
      { "V-W": "a\nb'c", "1V": "y", "V W": "z", é: "e" },
    ],
    ["quoted keys and no blanks", `"V"="x"\n'W'='y'`, { V: "x", W: "y" }],
    [
      "text that a shell would act on",
      `V = "$(id) \`id\` 'x' $HOME"`,
      { V: "$(id) `id` 'x' $HOME" },
    ],
  ])("reads %s", async (_, toml, expected) => {
    const launched = await launch({ "layers/a/x/exec.d/1": writing(toml) });
    expect(launched.stderr).toBe("");
    const { PATH: path, ...variables } = variablesIn(launched);
    expect(path).toBe("/usr/bin:/bin");
    expect(variables).toEqual(expected);
  });

  test.each([
    `V = "open`,
    `V = "two" W = "pairs"`,
    `V = "\\q"`,
    `V = "\\uD800"`,
    `V = "\\u12"`,
    `V = "a\nb"`,
    `V = 'a\nb'`,
    `V = """open`,
    `V = '''open`,
    `V = "1"\nV = "2"`,
    `V.W = "x"`,
    `V`,
    `= "x"`,
    `V = ["x"]`,
    `V = {}`,
    `V = true`,
    `"" = "x"`,
    `V = "\u0001"`,
    `V = "x" # \u007f`,
    `V-W = "1"\n"V-W" = "2"`,
    `V ="x`,
    `"""V""" = "x"`,
  ])("refuses %j", async (toml) => {
    expect((await launch({ "layers/a/x/exec.d/1": writing(toml) })).exitCode).toBe(82);
  });
});
