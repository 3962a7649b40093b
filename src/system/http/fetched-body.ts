/** The answer of a server. `body` must be read to its end or discarded. */
export interface FetchedBody {
  status: number;
  /** The length of the body, if the server announced it. */
  length: number | undefined;
  body: AsyncIterable<Uint8Array>;
  /** Discards a body that is not read to its end. */
  discard: () => void;
}
