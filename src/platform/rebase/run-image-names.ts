import type { Image } from "../../oci/image.ts";
import { inLibrary, isDockerHub, isHost } from "../../oci/registry/image-reference.ts";

/** The members `runImage` and `stack` of the label `io.buildpacks.lifecycle.metadata`. */
export interface RunImageLabel {
  runImage: {
    topLayer: string;
    image?: string | undefined;
    mirrors?: readonly string[] | undefined;
  };
  stack?: { runImage?: ImageNames | undefined } | undefined;
}

type ImageNames = NonNullable<Image["name"]>;

/** The names by which the label knows the run image: its own, and those of its mirrors. */
export function namesInLabel({ runImage, stack }: RunImageLabel): string[] {
  const listed = [runImage, stack?.runImage];
  return listed.flatMap((names) => [names?.image, ...(names?.mirrors ?? [])]).filter(isText);
}

/** Whether two references name the same repository. Tags and digests do not count. */
export function isSameRepository(one: string, other: string): boolean {
  return repositoryOf(one) === repositoryOf(other);
}

/** References without a host belong to Docker Hub, and those without a user to its `library`. */
function repositoryOf(reference: string): string {
  const name = reference.replace(/@.*$/, "").replace(/:[^/]*$/, "");
  const [host = "", ...rest] = name.split("/");
  if (rest.length > 0 && isHost(host) && !isDockerHub(host)) return name;
  return `docker.io/${inLibrary(isDockerHub(host) ? rest.join("/") : name)}`;
}

function isText(name: string | undefined): name is string {
  return name !== undefined && name !== "";
}
