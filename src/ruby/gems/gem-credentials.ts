import { settingVariable } from "../bundle-config.ts";

/** A login for one server, as in a service binding. */
export interface GemLogin {
  /** The server's host name, or a URL. */
  server: string;
  username: string | undefined;
  password: string | undefined;
}

/**
 * The variables that tell Bundler a login: `BUNDLE_GEMS__EXAMPLE__COM=user:password`. If the server's URL has
 * a path, there is one for the URL, which Bundler prefers, and one for the host name, which is the only one
 * that older versions (2.5) read.
 *
 * @returns an empty list if `server` is not a server or the login is empty.
 */
export function loginVariables(login: GemLogin): { name: string; value: string }[] {
  const words = [login.username, login.password].filter(
    (word) => word !== undefined && word !== "",
  );
  if (words.length === 0) return [];
  // Bundler puts the value into a URL, so it must be encoded.
  const value = words.map(encodeWord).join(":");
  return keysOf(login.server.trim()).map((key) => ({ name: settingVariable(key), value }));
}

function keysOf(server: string): string[] {
  const isUrl = /^https?:\/\//i.test(server);
  const url = URL.parse(isUrl ? server : `https://${server}`);
  if (url === null || url.hostname === "" || (!isUrl && url.pathname !== "/")) return [];
  if (url.pathname === "/") return [url.hostname];
  return [`${url.protocol}//${url.host}${url.pathname.replace(/\/*$/, "/")}`, url.hostname];
}

function encodeWord(word = ""): string {
  return encodeURIComponent(word).replaceAll("'", "%27");
}
