import type { FailureCode } from "../../failure.ts";
import type { Messages } from "./message.ts";

type Code = Extract<FailureCode, `image/${"login" | "access" | "registry" | "helper"}-${string}`>;

/** Registries that do not take or give an image. */
export const registryMessages: Pick<Messages<"image">, Code> = {
  "image/login-needed": ({ registry, repository, detail }) => ({
    headline: `\`${registry}\` requires a login for \`${repository}\``,
    happened: [
      "It answered with HTTP status 401, and Docker's configuration has no login for this registry.",
      ...said(detail),
    ],
    next: [
      `docker login ${registry}   # stores a login`,
      "DOCKER_CONFIG=DIR   # if config.json with the login is in another directory",
    ],
    blame: "configuration",
  }),
  "image/login-refused": ({ registry, repository, account, detail }) => ({
    headline: `\`${registry}\` refused the login of \`${account}\` for \`${repository}\``,
    happened: ["It answered with HTTP status 401.", ...said(detail)],
    next: [`docker login ${registry}   # replaces the stored login`],
    blame: "configuration",
  }),
  "image/access-denied": ({ registry, repository, account, detail }) => ({
    headline: `\`${registry}\` denied access to \`${repository}\``,
    happened: [
      account === undefined
        ? "It answered with HTTP status 403 to a request without a login."
        : `It answered with HTTP status 403 to \`${account}\`.`,
      ...said(detail),
    ],
    next: [
      account === undefined
        ? `docker login ${registry}   # if the repository is private`
        : `Give \`${account}\` access to this repository, at the registry.`,
      "Check the name of the repository: many registries answer the same if it does not exist.",
    ],
    blame: "configuration",
  }),
  "image/registry-refused": ({ registry, step, status, detail }) => ({
    headline: `\`${registry}\` refused to ${step}`,
    happened: [`It answered with HTTP status ${status}.`, ...said(detail)],
    next: [
      ...(status === 404
        ? ["Check the name, and create the repository if this registry does not do so by itself."]
        : []),
      ...(status >= 500 || status === 429 ? ["Try again later."] : []),
      `curl --head https://${registry}/v2/   # tells whether a registry answers there`,
    ],
    blame: status >= 500 || status === 429 ? "server" : "command",
  }),
  "image/registry-wrong": ({ registry, step, problem }) => ({
    headline: `\`${registry}\` does not answer like a registry`,
    happened: [`It was asked to ${step}: ${problem}.`],
    next: [
      `curl --include https://${registry}/v2/   # shows what answers there`,
      "Behind a proxy, check HTTPS_PROXY and NO_PROXY.",
    ],
    blame: "server",
  }),
  "image/registry-unreachable": ({ registry, problem, attempts }) => ({
    headline: `\`${registry}\` cannot be reached`,
    happened: [
      `${attempts === 1 ? "The only attempt" : `All ${attempts} attempts`} failed; the last error was: ${problem}.`,
    ],
    next: [
      `curl --include https://${registry}/v2/`,
      "Behind a proxy, set HTTPS_PROXY and NO_PROXY.",
    ],
    blame: "network",
  }),
  "image/registry-certificate": ({ registry, problem }) => ({
    headline: `The certificate of \`${registry}\` is not trusted`,
    happened: [`Reason: ${problem}.`],
    next: [
      "NODE_EXTRA_CA_CERTS=FILE   # trusts the certificates in a PEM file",
      "Or add the certificate of your authority to those of this machine (`update-ca-certificates`).",
    ],
    blame: "configuration",
  }),
  "image/registry-plain": ({ registry, problem }) => ({
    headline: `\`${registry}\` does not speak HTTPS`,
    happened: [`Reason: ${problem}.`],
    next: [
      `--insecure-registry ${registry}   # allows plain HTTP: anybody on the network path can then read the login`,
    ],
    blame: "command",
  }),
  "image/login-unreadable": ({ path, problem }) => ({
    headline: `Docker's configuration \`${path}\` cannot be read`,
    happened: [`Reason: ${problem}.`],
    next: [
      "docker login HOST   # stores a new login",
      "DOCKER_CONFIG=DIR   # uses another directory",
    ],
    blame: "configuration",
  }),
  "image/helper-failed": ({ helper, registry, problem }) => ({
    headline: `\`${helper}\` returned no login for \`${registry}\``,
    happened: [`Docker's configuration names this credential helper. Reason: ${problem}.`],
    next: [
      `echo ${registry} | ${helper} get   # shows what it answers`,
      "Or remove it from `credsStore` and `credHelpers` in Docker's config.json, and log in again.",
    ],
    blame: "configuration",
  }),
};

function said(detail: string): string[] {
  return detail === "" ? [] : [`The registry says: ${detail}.`];
}
