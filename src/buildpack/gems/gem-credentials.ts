import type { Binding, IgnoredBinding } from "../../cnb/bindings.ts";
import { isDecidedByBuildpack } from "../../ruby/bundle-config.ts";
import { loginVariables } from "../../ruby/gem-credentials.ts";

/** What bindings let Bundler know of private gem servers. */
export interface GemCredentials {
  /** Variables for `bundle install`. Their values must reach nothing else. */
  env: Record<string, string>;
  /** Which binding sets which variable, to be told. */
  from: { binding: string; variable: string }[];
  ignored: IgnoredBinding[];
}

/**
 * Reads the bindings of type `bundler`, whose entries are variables of Bundler
 * (`BUNDLE_GEMS__EXAMPLE__COM`), and of type `gem-credentials`, which have a `uri` or a `host`, a
 * `username` and a `password`.
 */
export function gemCredentials(bindings: readonly Binding[]): GemCredentials {
  const found: GemCredentials = { env: {}, from: [], ignored: [] };
  for (const binding of bindings) {
    const type = binding.type.toLowerCase();
    if (type === "bundler") addVariables(found, binding);
    if (type === "gem-credentials") addLogin(found, binding);
  }
  return found;
}

function addVariables(found: GemCredentials, { name, secrets }: Binding): void {
  for (const [variable, value] of secrets) {
    if (!variable.startsWith("BUNDLE_")) ignore(`\`${variable}\` is no variable of Bundler`);
    else if (isDecidedByBuildpack(variable)) ignore(`the buildpack decides ${variable}`);
    else add(found, name, variable, value.trim());
  }

  function ignore(because: string): void {
    found.ignored.push({ name, because });
  }
}

function addLogin(found: GemCredentials, { name, secrets }: Binding): void {
  const variables = loginVariables({
    server: secrets.get("uri") ?? secrets.get("host") ?? "",
    username: secrets.get("username"),
    password: secrets.get("password"),
  });
  for (const variable of variables) add(found, name, variable.name, variable.value);
  if (variables.length === 0) {
    const because = "it needs a `uri` or a `host`, and a `username`, a `password` or both";
    found.ignored.push({ name, because });
  }
}

function add(found: GemCredentials, binding: string, variable: string, value: string): void {
  // Two bindings may be for two places of one server; the first keeps the server's name.
  if (variable in found.env) return;
  found.env[variable] = value;
  found.from.push({ binding, variable });
}
