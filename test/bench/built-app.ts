import type { App } from "../support/lapidary.ts";
import type { World } from "../support/world.ts";

/** The Rails sample, built, with a database, to be launched as often as a measurement needs. */
export interface BuiltApp {
  app: App;
  world: World;
}
