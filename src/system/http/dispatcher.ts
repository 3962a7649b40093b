import { getCACertificates } from "node:tls";
import { type Dispatcher, EnvHttpProxyAgent } from "undici";

export interface DispatcherOptions {
  /** Gives `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in upper or lower case. */
  env: Readonly<Record<string, string>>;
  /** Certificates in PEM that are trusted in addition to those of the system and of Node. */
  certificates?: readonly string[];
}

/** What opens connections, by the proxies of an environment and the certificates of the system. */
export function createDispatcher({ env, certificates = [] }: DispatcherOptions): Dispatcher {
  // An empty string, because undici would read a missing one from the environment of the process.
  const proxy = (name: string) => env[name.toLowerCase()] ?? env[name] ?? "";
  // Stated, because an app's NODE_TLS_REJECT_UNAUTHORIZED must not switch the check off.
  const tls = { ca: trustedCertificates(certificates), rejectUnauthorized: true };
  return new EnvHttpProxyAgent({
    httpProxy: proxy("HTTP_PROXY"),
    httpsProxy: proxy("HTTPS_PROXY"),
    noProxy: proxy("NO_PROXY"),
    connect: tls,
    requestTls: tls,
    proxyTls: tls,
    // The caller watches for stalled downloads, so a second timeout would only hide its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

function trustedCertificates(extra: readonly string[]): string[] {
  const known = [...getCACertificates("default"), ...getCACertificates("system"), ...extra];
  return [...new Set(known)];
}
