import { imageTimeText } from "../../system/image-time.ts";
import { usageError } from "../../failure.ts";

/** What a user can say about the time of an image. */
export interface CreationTimeRequest {
  /** `--creation-time`: `now`, or seconds since 1970. */
  option: string | undefined;
  /** `SOURCE_DATE_EPOCH` is used without the option. */
  env: Readonly<Record<string, string | undefined>>;
  now: () => Date;
}

/**
 * The time of creation that an image states, in RFC 3339 in UTC. If the user asks for none, it is the same for all images, so
 * that equal builds are equal images.
 *
 * @throws BuildpackError `platform/usage`.
 */
export function creationTime({ option, env, now }: CreationTimeRequest): string {
  if (option === "now") return rfc3339(now());
  if (option !== undefined) return timeOf("--creation-time", option);
  const epoch = env["SOURCE_DATE_EPOCH"] ?? "";
  return epoch === "" ? imageTimeText : timeOf("SOURCE_DATE_EPOCH", epoch);
}

function timeOf(source: string, text: string): string {
  const seconds = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= lastSecond) return rfc3339(new Date(seconds * 1000));
  const allowed =
    source === "--creation-time" ? "`now`, or seconds since 1970" : "seconds since 1970";
  throw usageError(`\`${source}\` takes ${allowed}, not \`${text}\``);
}

/** The end of the year 9999, the last that RFC 3339 can express. */
const lastSecond = 253_402_300_799;

function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
