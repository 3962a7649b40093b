/** Where the app of a slug stands when it runs. */
export const slugRoot = "/app";

/** Below the app: where the buildpack keeps what it installs. */
export const ownDirectory = ".lapidary";

/** Below the app: the layers. */
export const layersDirectory = `${ownDirectory}/layers`;

/**
 * Every mention of a directory as a whole path, or the beginning of one: `/app/lib` and `-L/app/lib`
 * mention `/app`; `/application`, `/srv/app` and `${root}/app` do not. A directory that is deeper down can
 * hardly be meant otherwise: `$(DESTDIR)/tmp/build_1/app` mentions `/tmp/build_1/app`.
 */
export function mentionsOf(directory: string): RegExp {
  const escaped = directory.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const deep = directory.lastIndexOf("/") > 0;
  const within = deep ? "[\\w.~-]" : "[\\w.~/})-]";
  return new RegExp(`(?:(?<!${within})|(?<=-[ILR]))${escaped}(?![\\w-]|\\.\\w)`, "g");
}

/** The text with every mention of one directory turned into one of another. */
export function moveMentions(text: string, from: string, to: string): string {
  return from === to ? text : text.replace(mentionsOf(from), () => to);
}
