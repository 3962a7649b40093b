import { fileURLToPath } from "node:url";

/** Whether a text is a URL that can be downloaded: `https:`, `http:`, or `file:` of this machine. */
export function isFetchable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.protocol !== "file:") return ["https:", "http:"].includes(url.protocol);
  try {
    fileURLToPath(url);
    return true;
  } catch {
    return false;
  }
}
