/** Something that is not available on this machine. Callers may continue without it. */
export class Unavailable extends Error {
  override name = "Unavailable";
}
