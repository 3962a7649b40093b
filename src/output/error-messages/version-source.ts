/** Whether the name of what asks for a version is that of a file which contains only versions, such as `.ruby-version`. */
export function isVersionFile(source: string): boolean {
  return source.startsWith(".") || source === "mise.toml";
}
