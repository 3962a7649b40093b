/**
 * The links that an archive makes, kept in memory: where the kernel would write what the archive unpacks.
 * It shares no code with what it checks.
 */
export class ModelTree {
  readonly #links = new Map<string, string[]>();

  /** Writes a file, a directory or a hard link. `undefined` if it would be outside of the tree. */
  write(path: string): string | undefined {
    const place = this.#placeOf(partsOf(path));
    if (place !== undefined) this.#links.delete(place);
    return place;
  }

  /** Makes a symbolic link. `undefined` if it, or what it leads to, would be outside of the tree. */
  link(path: string, target: string): string | undefined {
    const place = this.write(path);
    if (place === undefined || target.startsWith("/")) return undefined;
    this.#links.set(place, target.split("/"));
    return this.resolve(path) === undefined ? undefined : place;
  }

  /** What a path leads to if the last link is followed too; a loop of links leads nowhere, so inside. */
  resolve(path: string): string | undefined {
    return this.#follow(partsOf(path), []);
  }

  /** The place of the entry itself: only its directories are followed. */
  #placeOf(parts: readonly string[]): string | undefined {
    const directory = this.#follow(parts.slice(0, -1), []);
    const name = parts.at(-1);
    if (directory === undefined || name === undefined) return directory;
    return name === ".." ? undefined : `${directory}/${name}`;
  }

  #follow(parts: readonly string[], start: readonly string[]): string | undefined {
    const place = [...start];
    const left = [...parts];
    for (let steps = 0; left.length > 0 && steps < 1000; steps += 1) {
      const part = left.shift() ?? "";
      if (part === "" || part === ".") continue;
      if (part !== "..") place.push(part);
      else if (place.pop() === undefined) return undefined;
      const target = part === ".." ? undefined : this.#links.get(`/${place.join("/")}`);
      if (target === undefined) continue;
      if (target[0] === "") return undefined;
      place.pop();
      left.unshift(...target);
    }
    return place.length === 0 ? "" : `/${place.join("/")}`;
  }
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}
