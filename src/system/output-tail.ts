import { StringDecoder } from "node:string_decoder";

/** The end of an output, of at most about `limit` characters: the beginning is dropped. */
export class Tail {
  private readonly pieces: string[] = [];
  private length = 0;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(piece: string): void {
    this.pieces.push(piece);
    this.length += piece.length + costOfPiece;
    if (this.length <= 2 * this.limit) return;
    // Dropped in bulk, so that each piece is moved only a few times.
    let first = 0;
    for (; this.length > this.limit && first < this.pieces.length - 1; first += 1) {
      this.length -= (this.pieces[first] ?? "").length + costOfPiece;
    }
    this.pieces.splice(0, first);
  }

  all(): string[] {
    return this.pieces;
  }
}

/** What a piece takes besides its characters, so that empty lines count too. */
const costOfPiece = 16;

/** Calls `onLine` with each line of a stream, without its end, as soon as it is complete. */
export class Lines {
  private readonly decoder = new StringDecoder("utf8");
  private readonly onLine: (line: string) => void;
  private rest: string[] = [];
  private restLength = 0;

  constructor(onLine: (line: string) => void) {
    this.onLine = onLine;
  }

  add(chunk: Uint8Array): void {
    const [first = "", ...others] = this.decoder.write(chunk).split("\n");
    this.hold(first);
    for (const piece of others) {
      this.flush();
      this.hold(piece);
    }
    // A line that never ends must not fill the memory.
    if (this.restLength > longestLine) this.flush();
  }

  end(): void {
    this.hold(this.decoder.end());
    if (this.restLength > 0) this.flush();
  }

  private hold(piece: string): void {
    if (piece !== "") this.rest.push(piece);
    this.restLength += piece.length;
  }

  private flush(): void {
    const line = this.rest.join("");
    this.rest = [];
    this.restLength = 0;
    this.onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
}

const longestLine = 1 << 20;
