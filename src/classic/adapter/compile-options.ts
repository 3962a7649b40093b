import type { Printer } from "../../output/printer.ts";
import type { Buildpack } from "../../platform/lifecycle/buildpack-store.ts";
import type { Sandbox, SandboxOptions } from "../../platform/sandbox/sandbox.ts";
import type { SlugNeeds } from "./slug-needs.ts";

export interface CompileOptions {
  /** The app's checkout, which becomes the slug. */
  buildDir: string;
  /** Persists between successful compiles. A compile that fails writes nothing there. */
  cacheDir: string;
  /** A file for each of the app's config vars. */
  envDir: string | undefined;
  /** For running the app, or for running its tests. */
  mode: "production" | "test";
  /** The directory of the buildpack. */
  buildpack: string;
  /** What the buildpack's platform says of itself and of earlier buildpacks. */
  env: Readonly<Record<string, string>>;
  /** Opens where the app is built: at `/app` if it can, else where the app stands. */
  openSandbox: (options: SandboxOptions) => Promise<Sandbox>;
  /** A Node for apps that need one; it has to run on this machine. */
  nodeProgram: string;
  printer: Printer;
  signal: AbortSignal;
}

/** A compile at work. */
export interface Compile extends CompileOptions {
  own: Buildpack;
  place: Sandbox;
  needs: SlugNeeds;
}
