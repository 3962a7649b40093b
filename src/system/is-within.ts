import { isAbsolute, relative } from "node:path";

/** Whether an absolute path is a directory itself or below it, by its text: links are not followed. */
export function isWithin(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== ".." && !way.startsWith("../") && !isAbsolute(way);
}
