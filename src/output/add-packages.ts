import type { BuildImage } from "../failure.ts";

/** How to add Debian packages to the build and run images, for the image that a build runs in. */
export function waysToAddPackages(
  packages: readonly string[],
  image: BuildImage,
): readonly [string, ...string[]] {
  const all = recipes(packages);
  return image === "other"
    ? [all.debian, all.heroku, all.classic, all.paketo]
    : forImage(all)[image];
}

/** Where the recipes are explained. */
export const recipesPage = "docs/system-packages.md";

type Recipes = ReturnType<typeof recipes>;

function forImage({ debian, heroku, classic, paketo }: Recipes) {
  return { debian: [debian], heroku: [heroku, classic], paketo: [paketo] } as const;
}

function recipes(packages: readonly string[]) {
  const words = packages.join(" ");
  const list = packages.map((name) => `"${name}"`).join(", ");
  return {
    debian: `apt-get install --yes --no-install-recommends ${words}`,
    heroku: `Heroku: add the buildpack heroku/deb-packages before this one, and add the table [com.heroku.buildpacks.deb-packages] to project.toml with install = [${list}]`,
    classic: `Heroku's classic builds: add the apt buildpack before this one, and an Aptfile with ${words}, one per line`,
    paketo: `Paketo: use an image extension that installs ${words}, or your own build image and run image`,
  };
}
