import * as z from "zod";
import { BuildpackError, type Failure } from "../../failure.ts";
import type { HttpAnswer } from "../../system/http/client.ts";
import type { RegistryLogin } from "./docker-login.ts";
import type { ImageReference } from "./image-reference.ts";
import { parseJson } from "../../system/parse-json.ts";

const errorsSchema = z.looseObject({
  errors: z.array(z.looseObject({ code: z.string(), message: z.string().optional() })).min(1),
});

/** The failure for an answer that a step did not expect (distribution-spec: Error Codes). */
export async function refusal(
  { reference, login }: { reference: ImageReference; login: RegistryLogin | undefined },
  step: string,
  answer: HttpAnswer,
): Promise<BuildpackError> {
  const { registry, repository } = reference;
  const { status } = answer;
  const detail = await detailOf(answer);
  const account = login?.account;
  return new BuildpackError(failureOf());

  function failureOf(): Failure {
    if (status === 403)
      return { code: "image/access-denied", registry, repository, account, detail };
    if (status !== 401) return { code: "image/registry-refused", registry, step, status, detail };
    if (account === undefined) return { code: "image/login-needed", registry, repository, detail };
    return { code: "image/login-refused", registry, repository, account, detail };
  }
}

/** What the registry says, in one line. */
async function detailOf(answer: HttpAnswer): Promise<string> {
  const text = await answer.text().catch(() => "");
  const [first] = errorsSchema.safeParse(parseJson(text)).data?.errors ?? [];
  if (first) return [first.code, first.message].filter(Boolean).join(": ").slice(0, maximumDetail);
  return /^[^<{\n]+$/.test(text.trim()) ? text.trim().slice(0, maximumDetail) : "";
}

const maximumDetail = 300;
