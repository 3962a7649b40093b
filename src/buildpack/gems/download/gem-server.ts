import { bundlerMirror, settingVariable } from "../../../ruby/bundle-config.ts";

/**
 * The URL, with `/` at its end, below which Bundler finds the files of a gem server: that of its mirror, if there is
 * one, and with its login as user and password.
 *
 * `undefined` if only Bundler can reach it: not by HTTP, with a login that is not valid in a URL, or by a mirror to which
 * Bundler sends the name of the server, because a mirror of several servers must not answer with a gem of another one.
 *
 * @param env - the whole environment of Bundler.
 */
export function gemServerUrl(
  remote: string,
  env: Readonly<Record<string, string>>,
): URL | undefined {
  const mirror = bundlerMirror(env, [remote]);
  // Without the name of the server, a mirror of several assumes rubygems.org.
  if (mirror !== undefined && URL.parse(remote)?.hostname !== "rubygems.org") return undefined;
  const base = withSlash(mirror ?? remote);
  const url = URL.parse(base);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return undefined;
  // Bundler prefers the login of the URL to that of the host.
  const login = env[settingVariable(base)] ?? env[settingVariable(url.hostname)];
  return url.username !== "" || login === undefined ? url : withLogin(url, login);
}

/** A login that contains `/`, for example, would change the host of the URL. Bundler refuses it. */
function withLogin(url: URL, login: string): URL | undefined {
  const [, user, password = ""] = userinfo.exec(login) ?? [];
  if (user === undefined) return undefined;
  [url.username, url.password] = [user, password];
  return url;
}

// Without `+`, which Bundler reads as a space.
const userinfo =
  /^((?:%[\dA-F]{2}|[\w!$&'()*,\-.;=~])+)(?::((?:%[\dA-F]{2}|[\w!$&'()*,\-.:;=~])*))?$/i;

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
