/** The path of the app when a slug runs. */
export const slugRoot = "/app";

/** Below the app: the directory for everything that the buildpack installs. */
export const ownDirectory = ".lapidary";

/** Below the app: the layers. */
export const layersDirectory = `${ownDirectory}/layers`;

/**
 * Matches a directory as a whole path or as the beginning of one: `/app` in `/app/lib` and `-L/app/lib`,
 * but not in `/application`, `/srv/app` and `${root}/app`. A deeper directory matches after a variable as
 * well, because its name is unlikely to mean anything else: `/tmp/build_1/app` in
 * `$(DESTDIR)/tmp/build_1/app`.
 */
export function mentionsOf(directory: string): RegExp {
  const escaped = directory.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const deep = directory.lastIndexOf("/") > 0;
  const within = deep ? "[\\w.~-]" : "[\\w.~/})-]";
  return new RegExp(`(?:(?<!${within})|(?<=-[ILR]))${escaped}(?![\\w-]|\\.\\w)`, "g");
}

/** Replaces one directory by another in a text. */
export function moveMentions(text: string, from: string, to: string): string {
  return from === to ? text : text.replace(mentionsOf(from), () => to);
}
