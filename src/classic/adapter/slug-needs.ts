/** What a slug has to hold for this app besides layers; whoever knows Ruby finds it out. */
export interface SlugNeeds {
  /** Whether the app runs JavaScript by Node. */
  node: boolean;
  /** A `config/database.yml` that reads DATABASE_URL, for an app that does not do so by itself. */
  databaseYml: string | undefined;
  /** Add-ons that a new app needs. */
  addons: readonly string[];
  /** What runs the app's own tests. */
  testCommand: string | undefined;
}
