/** An update that would leave the inventory wrong. The message says what to correct. */
export class Refused extends Error {}
