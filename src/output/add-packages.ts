/** How to add Debian packages to the run image, first in general, then by platform. */
export function waysToAddPackages(packages: readonly string[]): [string, ...string[]] {
  const words = packages.join(" ");
  const list = packages.map((name) => `"${name}"`).join(", ");
  return [
    `apt-get install --yes --no-install-recommends ${words}`,
    `Heroku: add heroku/deb-packages before this buildpack, and to project.toml [com.heroku.buildpacks.deb-packages] with install = [${list}]`,
    `Heroku's classic builds: add the apt buildpack before this one, and an Aptfile with ${words}, one per line`,
    "Paketo: use an image extension with a run.Dockerfile, or a run image of your own",
  ];
}
