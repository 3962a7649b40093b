// What other topics and the two phases may use of the topic `project`: what an app is, read from its
// files before anything is downloaded, and what it needs from other buildpacks.

export { checkPlatforms, checkProject, checkScripts, gemPlatformOf } from "./check-project.ts";
export { requireChecksums } from "./require-checksums.ts";
export { findApp } from "./find-app.ts";
export { makeAppDirectories } from "./make-app-directories.ts";
export { pathSourceDir, pathSourceDirs } from "./path-sources.ts";
export { openAppDirectories } from "./open-app-directories.ts";
export { chosenNodeProvider, planFor } from "./plan-build.ts";
export { type Project, readProject } from "./read-project.ts";
export { removeGit } from "./remove-git.ts";
