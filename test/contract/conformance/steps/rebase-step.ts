import { writeImage, writeIndex } from "../../../../src/oci/layout.ts";
import type { Image } from "../../../../src/oci/image.ts";
import { labelsOf } from "../../../../src/platform/rebase/check-rebase.ts";
import { inRebase } from "../../../../src/platform/rebase/rebase-app.ts";
import { rebaseImage } from "../../../../src/platform/rebase/rebase-image.ts";
import { metadataLabel } from "../../../../src/platform/state/stored-build.ts";
import { typed } from "../../../support/typed.ts";
import type { Round } from "./round.ts";
import type { Step } from "../story.ts";
import { pull, repositoryOf, repositoryPath } from "../world/registry.ts";

/** Rebases the image of a step within the registry. */
export async function rebaseStep({ story }: Round, { args = [] }: Step): Promise<void> {
  if (args.length === 0) await typed("rebase");
  const given = (option: string) => {
    const at = args.indexOf(option);
    return at === -1 ? undefined : args[at + 1];
  };
  const destination = repositoryOf(args.at(-1) ?? "");
  const previous = repositoryOf(given("-previous-image") ?? destination);
  const app = await inRebase(() => pull(previous));
  const newName = given("-run-image") ?? runImageNameOf(app) ?? "localhost:5000/run";
  const base = repositoryOf(newName);
  const architecture = story.images?.[base]?.about?.["architecture"];
  const runImage = await pull(base, architecture as string | undefined);
  const force = args.includes("-force");
  const { image } = rebaseImage({
    ...{ app, force, name: destination },
    runImage: { ...runImage, name: { image: newName } },
  });
  const layout = repositoryPath(destination);
  await writeIndex(layout, [await writeImage(layout, image)]);
}

/** The run image that the label of an app's image names. */
function runImageNameOf({ config }: Image): string | undefined {
  try {
    const label = JSON.parse(labelsOf(config)[metadataLabel] ?? "") as {
      runImage?: { image?: string };
      stack?: { runImage?: { image?: string } };
    };
    return label.runImage?.image ?? label.stack?.runImage?.image;
  } catch {
    return undefined;
  }
}
