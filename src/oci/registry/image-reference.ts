/** The name of an image in a registry. */
export interface ImageReference {
  /** The host as the user wrote it, with a port if there is one. */
  registry: string;
  repository: string;
  tag: string;
  /** `sha256:<hex>`: then the tag is only a comment. */
  digest?: string | undefined;
}

// The grammar of the distribution project: a host, lower-case path components, a tag, a digest.
const host = /^(?:[a-z\d](?:[a-z\d.-]*[a-z\d])?|\[[\da-f:.]+\])(?::\d{1,5})?$/i;
const component = "[a-z\\d]+(?:(?:\\.|_|__|-+)[a-z\\d]+)*";
const repository = new RegExp(`^${component}(?:/${component})*$`);
const rest = /^([^:@]+)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[\da-f]{64}))?$/;

/** Parses `HOST/NAME[:TAG][@DIGEST]`, or says what is wrong with it. The default tag is `latest`. */
export function parseImageReference(text: string): ImageReference | { problem: string } {
  const slash = text.indexOf("/");
  const registry = text.slice(0, Math.max(slash, 0));
  if (!host.test(registry) || !isHost(registry)) {
    return {
      problem: `\`${text}\` does not begin with the host of a registry, such as \`ghcr.io/\``,
    };
  }
  const [, name = "", tag = "latest", digest] = rest.exec(text.slice(slash + 1)) ?? [];
  if (name === "") return { problem: `\`${text}\` is not \`HOST/NAME[:TAG]\`` };
  if (!repository.test(name) || name.length > 255) {
    return {
      problem: `\`${name}\` is not a valid name: use lower-case letters, digits, and single \`.\`, \`_\`, \`-\` or \`/\` between them`,
    };
  }
  return { registry, repository: isDockerHub(registry) ? inLibrary(name) : name, tag, digest };
}

/** The reference as a user types it. */
export function formatReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}:${tag}${digest === undefined ? "" : `@${digest}`}`;
}

/** Whether the first part of a reference is the host of a registry. Otherwise it is a user of Docker Hub. */
export function isHost(part: string): boolean {
  return /[.:]|^localhost$/.test(part);
}

export function isDockerHub(registry: string): boolean {
  return /^(?:(?:index|registry-1)\.)?docker\.io$/.test(registry);
}

/** The host that serves the images of a registry. */
export function apiHost(registry: string): string {
  return isDockerHub(registry) ? "registry-1.docker.io" : registry;
}

/** Whether a host is this machine itself. */
export function isLoopback(registry: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(registry);
}

/** Images of Docker Hub without a user belong to `library`. */
export function inLibrary(name: string): string {
  return name.includes("/") ? name : `library/${name}`;
}
