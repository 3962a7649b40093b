import * as z from "zod";
import { brokenRules, makeValidator, readPublished } from "../published-schema.ts";

const variables = z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.string());

const job = z.strictObject({
  stage: z.enum([".pre", "build", "test", "deploy", ".post"]),
  image: z.union([
    z.string(),
    z.strictObject({ name: z.string(), entrypoint: z.array(z.string()).optional() }),
  ]),
  variables: variables.optional(),
  before_script: z.array(z.string()).optional(),
  script: z.array(z.string().min(1)).min(1),
  rules: z
    .array(
      z.strictObject({
        if: z.string().optional(),
        when: z.enum(["on_success", "manual", "always", "never"]).optional(),
      }),
    )
    .optional(),
});

/** Words at the top of .gitlab-ci.yml that are no jobs. */
const reserved = new Set([
  ...["default", "include", "stages", "variables", "workflow", "image", "services"],
]);

/** .gitlab-ci.yml, as far as `deploy/gitlab` uses it: jobs alone. */
export const pipelineOfGitlab = z.record(
  z.string().refine((name) => !reserved.has(name), { error: "is no name for a job" }),
  job,
);

/** What a .gitlab-ci.yml breaks of the schema that GitLab's own editor goes by. */
export function gitlabProblems(document: unknown): string[] {
  return brokenRules(makeValidator(), readPublished("schemastore", editorSchema), document);
}

const editorSchema =
  "schemas/json/gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci.json";
