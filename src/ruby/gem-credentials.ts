/** A login for one server, as a service binding states it. */
export interface GemLogin {
  /** The server's name, or a URL; a path in it limits the login to what lies below. */
  server: string;
  username: string | undefined;
  password: string | undefined;
}

/**
 * The variable by which Bundler knows a login: `BUNDLE_GEMS__EXAMPLE__COM=user:password`.
 *
 * @returns `undefined` where `server` names none, or the login is empty.
 */
export function loginVariable(login: GemLogin): { name: string; value: string } | undefined {
  const key = keyOf(login.server.trim());
  const words = [login.username, login.password].filter(
    (word) => word !== undefined && word !== "",
  );
  if (key === undefined || words.length === 0) return undefined;
  // Bundler puts it into a URL as it is.
  return { name: variableOf(key), value: words.map(encodeWord).join(":") };
}

function keyOf(server: string): string | undefined {
  const isUrl = /^https?:\/\//i.test(server);
  const url = URL.parse(isUrl ? server : `https://${server}`);
  if (url === null || url.hostname === "") return undefined;
  if (url.pathname === "/") return url.hostname;
  if (!isUrl) return undefined;
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/*$/, "/")}`;
}

function variableOf(key: string): string {
  return `BUNDLE_${key.replaceAll(".", "__").replaceAll("-", "___").toUpperCase()}`;
}

function encodeWord(word = ""): string {
  return encodeURIComponent(word).replaceAll("'", "%27");
}
