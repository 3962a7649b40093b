import type { Printer } from "../../output/printer.ts";
import type { Buildpack } from "../../platform/lifecycle/buildpack-store.ts";
import type { Sandbox, SandboxOptions } from "../../platform/sandbox/sandbox.ts";
import type { SlugNeeds } from "./slug-needs.ts";

export interface CompileOptions {
  /** The app's checkout. It becomes the slug. */
  buildDir: string;
  /** Kept between compiles. A compile that fails writes nothing there. */
  cacheDir: string;
  /** A directory with one file for each config var of the app. */
  envDir: string | undefined;
  /** Whether the slug is for running the app or for running its tests. */
  mode: "production" | "test";
  /** The directory of the buildpack. */
  buildpack: string;
  /** The environment from the platform and from earlier buildpacks. */
  env: Readonly<Record<string, string>>;
  /** Opens the sandbox for the build: at `/app` if possible, else at the app's own path. */
  openSandbox: (options: SandboxOptions) => Promise<Sandbox>;
  /** The Node for apps that need one. It must run on this machine. */
  nodeProgram: string;
  printer: Printer;
  signal: AbortSignal;
}

/** A compile in progress. */
export interface Compile extends CompileOptions {
  own: Buildpack;
  place: Sandbox;
  needs: SlugNeeds;
}
