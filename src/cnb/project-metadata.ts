/**
 * Where an app comes from: the content of the label `io.buildpacks.project.metadata`.
 *
 * Spec: Platform Interface, `project-metadata.toml`.
 */
export interface ProjectMetadata {
  source?: {
    type?: string;
    version?: Readonly<Record<string, unknown>>;
    metadata?: Readonly<Record<string, unknown>>;
  };
}
