/** How a server wants a client to log in (RFC 7235, and the token scheme of the distribution project). */
export type Challenge =
  | { scheme: "basic" }
  | { scheme: "bearer"; realm: string; service: string | undefined };

/** The challenge of a `WWW-Authenticate` header that we can meet, a token before a password. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const bearer = /(?:^|,\s*)Bearer\s+(.*)$/is.exec(header ?? "")?.[1];
  const realm = parameter(bearer, "realm");
  if (realm !== undefined)
    return { scheme: "bearer", realm, service: parameter(bearer, "service") };
  return /(?:^|,\s*)Basic\b/i.test(header ?? "") ? { scheme: "basic" } : undefined;
}

function parameter(text: string | undefined, name: string): string | undefined {
  const [, quoted, bare] =
    new RegExp(`(?:^|[,\\s])${name}=(?:"([^"]*)"|([^",\\s]+))`, "i").exec(text ?? "") ?? [];
  return quoted ?? bare;
}
