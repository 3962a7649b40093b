/** Something that this machine cannot give, and that its caller may do without or explain. */
export class Unavailable extends Error {
  override name = "Unavailable";
}
