import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import { makeNodePrograms } from "../buildpacks/node-buildpack.ts";
import { makeBuildpack } from "../buildpacks/tiny-buildpack.ts";
import { buildUser, type World } from "../world.ts";
import { command, runToEnd } from "../lapidary.ts";

/** An app to generate: the version of Rails (`8.1.4`), and more words for `rails new`. */
export interface RailsStory {
  rails: string;
  words: readonly string[];
}

/**
 * Runs the real `rails new` in the root file system that builds run in, with a Ruby of the mirror, Node, Yarn and npm, and
 * gems of the gem server. Gems of several apps are shared.
 *
 * @param place a directory for the app, `app`, and the generator's gems.
 */
export async function railsNew(place: string, world: World, story: RailsStory): Promise<void> {
  const [archive = ""] = await glob("ruby-3.3.8-*.tgz", {
    cwd: world.mirror.directory,
    absolute: true,
  });
  const out = join(place, "generated");
  await mkdir(out, { recursive: true });
  // The user of the build writes to it.
  await chmod(out, 0o777);
  await mkdir(join(place, "empty"), { recursive: true });
  const node = await makeNodePrograms(place, "/node");
  const { exitCode, log } = await runToEnd([
    ...[command, "build", join(place, "empty"), "--state", join(place, "generator")],
    ...["--build-root", world.buildRoot],
    ...["--uid", `${buildUser.uid}`, "--gid", `${buildUser.gid}`],
    ...["--buildpack", await makeBuildpack({ build: scriptFor(story) })],
    ...["--volume", `${archive}:/ruby.tgz`, "--volume", `${out}:/out:rw`],
    ...["--volume", `${node}:/node`],
  ]);
  if (exitCode !== 0) throw new Error(log);
}

function scriptFor({ rails, words }: RailsStory): string {
  return `
. /node/environment.sh
mkdir -p /tmp/ruby && tar -xzf /ruby.tgz -C /tmp/ruby
export GEM_HOME=/out/gems-${rails} HOME=/tmp PATH="/tmp/ruby/bin:/out/gems-${rails}/bin:$PATH"
gem install rails --version ${rails} --no-document --env-shebang
rm -rf /out/app
cd /out && rails new app --skip-git ${words.join(" ")}
# Git ignores it, so no checkout has it.
rm app/config/master.key
`;
}
