import type { Binding, IgnoredBinding } from "../../cnb/bindings.ts";
import { isDecidedByBuildpack } from "../../ruby/bundle-config.ts";
import { loginVariables } from "../../ruby/gems/gem-credentials.ts";

/** Logins for private gem servers, from bindings. */
export interface GemCredentials {
  /** Variables for `bundle install`. Nothing else may get their values. */
  env: Record<string, string>;
  /** Which binding sets which variable, for the log. */
  from: { binding: string; variable: string }[];
  ignored: IgnoredBinding[];
}

/**
 * Reads bindings of two types: `bundler`, whose entries are Bundler's variables
 * (`BUNDLE_GEMS__EXAMPLE__COM`), and `gem-credentials`, with `uri` or `host`, `username` and `password`.
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
    if (!variable.startsWith("BUNDLE_")) ignore(`\`${variable}\` is not a variable of Bundler`);
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
    const because = "it needs `uri` or `host`, and `username`, `password` or both";
    found.ignored.push({ name, because });
  }
}

function add(found: GemCredentials, binding: string, variable: string, value: string): void {
  // Two bindings may be for two paths on one server. The first one also sets the server's own variable.
  if (variable in found.env) return;
  found.env[variable] = value;
  found.from.push({ binding, variable });
}
