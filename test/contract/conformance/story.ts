/** A story, as `test/conformance/README.md` describes it. */
export interface Story {
  about: string;
  platform_api: string | null;
  uid?: number;
  gid?: number;
  buildpacks?: StoryBuildpack[];
  order?: string;
  analyzed?: string;
  tree?: Entry[];
  images?: Record<string, StoryImage>;
  steps: Step[];
}

export interface StoryBuildpack {
  id: string;
  version?: string;
  api?: string;
  toml?: string;
  descriptor?: string;
  detect?: string;
  build?: string;
  bin?: boolean;
}

/** Something to be made in a file system. */
export interface Entry {
  path?: string;
  path_hex?: string;
  type?:
    | "file"
    | "directory"
    | "symlink"
    | "hardlink"
    | "fifo"
    | "socket"
    | "remove"
    | "forget-image";
  target?: string;
  content?: string;
  content_hex?: string;
  mode?: string;
  uid?: number;
  gid?: number;
  mtime?: number;
  repo?: string;
}

export interface StoryImage {
  about?: Record<string, unknown>;
  config?: Record<string, unknown>;
  layers: Entry[][];
  history?: Record<string, unknown>[];
}

export interface Step {
  run: string;
  args?: string[];
  env?: Record<string, string | null>;
  before?: Entry[];
  platform_api?: string | null;
  uid?: number;
  gid?: number;
  argv0?: string;
}

export interface Answer {
  steps: AnswerStep[];
}

export interface AnswerStep {
  run: string;
  exit?: number;
  signal?: string | number;
  stdout?: string;
  stderr?: string;
  changed?: Record<string, ChangedEntry>;
  removed?: string[];
  images?: Record<string, AnswerImage>;
}

/** An entry of `/layers` or `/out`, with what is not as usual. */
export interface ChangedEntry {
  type: string;
  mode?: string;
  uid?: number;
  gid?: number;
  target?: string;
  text?: string;
  hex?: string;
  sha256?: string;
  toml?: unknown;
}

export interface AnswerImage {
  config?: Record<string, unknown>;
  layers?: AnswerLayer[];
  diff_ids?: string[];
  metadata_buildpacks?: unknown;
  manifest_media_type?: string;
  config_media_type?: string;
}

export interface AnswerLayer {
  diff_id: string;
  entries?: string | ArchiveEntry[];
}

/** `<type> <mode> <size or -> <name>`, or an object where more is to be said. */
export type ArchiveEntry = string | Record<string, unknown>;

/** What the local platform made of a step; `exit` is text where it did not end by an exit code. */
export interface OurStep extends Omit<AnswerStep, "exit" | "images"> {
  exit: number | string;
  images?: Record<string, OurImage>;
}

export interface OurImage {
  config: Record<string, unknown>;
  layers: { diff_id: string; entries: ArchiveEntry[] }[];
}
