import { bundlerMirror, settingVariable } from "../../../ruby/bundle-config.ts";

/**
 * The URL, with `/` at its end, below which Bundler finds the files of a gem server: that of its mirror, if there is
 * one, and with its login as user and password. `undefined` if it is not reached by HTTP.
 *
 * @param env - the whole environment of Bundler.
 */
export function gemServerUrl(
  remote: string,
  env: Readonly<Record<string, string>>,
): URL | undefined {
  const base = withSlash(bundlerMirror(env, [remote]) ?? remote);
  const url = URL.parse(base);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return undefined;
  if (url.username !== "") return url;
  // Bundler prefers the login of the URL to that of the host.
  const login = env[settingVariable(base)] ?? env[settingVariable(url.hostname)];
  return login === undefined ? url : (URL.parse(base.replace("://", `://${login}@`)) ?? undefined);
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
