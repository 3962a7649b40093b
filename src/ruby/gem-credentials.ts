/** A login for one server, as a service binding states it. */
export interface GemLogin {
  /** The server's name, or a URL. */
  server: string;
  username: string | undefined;
  password: string | undefined;
}

/**
 * The variables by which Bundler knows a login: `BUNDLE_GEMS__EXAMPLE__COM=user:password`. Where the
 * server's URL has a path, one for the URL goes first, which Bundler prefers; older ones (2.5) know
 * servers by their names alone.
 *
 * @returns none where `server` names no server, or the login is empty.
 */
export function loginVariables(login: GemLogin): { name: string; value: string }[] {
  const words = [login.username, login.password].filter(
    (word) => word !== undefined && word !== "",
  );
  if (words.length === 0) return [];
  // Bundler puts it into a URL as it is.
  const value = words.map(encodeWord).join(":");
  return keysOf(login.server.trim()).map((key) => ({ name: variableOf(key), value }));
}

function keysOf(server: string): string[] {
  const isUrl = /^https?:\/\//i.test(server);
  const url = URL.parse(isUrl ? server : `https://${server}`);
  if (url === null || url.hostname === "" || (!isUrl && url.pathname !== "/")) return [];
  if (url.pathname === "/") return [url.hostname];
  return [`${url.protocol}//${url.host}${url.pathname.replace(/\/*$/, "/")}`, url.hostname];
}

function variableOf(key: string): string {
  return `BUNDLE_${key.replaceAll(".", "__").replaceAll("-", "___").toUpperCase()}`;
}

function encodeWord(word = ""): string {
  return encodeURIComponent(word).replaceAll("'", "%27");
}
