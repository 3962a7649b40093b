import { envOf, type Image, type ImageConfig } from "../../oci/image.ts";
import { isAtLeast } from "../lifecycle/platform-api.ts";
import { isSameRepository, namesInLabel, type RunImageLabel } from "./run-image-names.ts";

/** A reason against a rebase. The user may overrule it where `forceable` is true. */
export interface Objection {
  problem: string;
  forceable: boolean;
}

/**
 * What speaks against putting an app on another run image. Since Platform API 0.12 the targets of both
 * must match, and before it their stacks.
 *
 * Spec: Platform Interface, rebaser.
 */
export function objectionsTo(
  app: ImageConfig,
  runImage: Image,
  label: RunImageLabel | undefined,
): Objection[] {
  const api = envOf(app, "CNB_PLATFORM_API");
  if (api === undefined || !isAtLeast(api, "0.12")) return stackObjections(app, runImage.config);
  if (!label) return [{ problem: "its labels do not name its run image", forceable: false }];
  return [...targetObjections(app, runImage.config), ...nameObjections(runImage, label)];
}

function stackObjections(app: ImageConfig, base: ImageConfig): Objection[] {
  const id = "io.buildpacks.stack.id";
  const [own, other] = [labelsOf(app)[id], labelsOf(base)[id]];
  const final = (problem: string) => [{ problem, forceable: false }];
  if (!own) return final(`it has no label \`${id}\``);
  if (!other) return final(`the new run image has no label \`${id}\``);
  return own === other
    ? []
    : final(`it is for the stack \`${own}\`, and the run image is \`${other}\``);
}

function targetObjections(app: ImageConfig, base: ImageConfig): Objection[] {
  const [own, other] = [targetOf(app), targetOf(base)];
  const objections = [];
  if (labelsOf(app)["io.buildpacks.rebasable"] === "false") {
    objections.push("its label `io.buildpacks.rebasable` says that it cannot be rebased");
  }
  if (own.some((part, index) => part !== undefined && part !== other[index])) {
    objections.push(`it is for ${textOf(own)}, and the new run image is for ${textOf(other)}`);
  }
  return objections.map((problem) => ({ problem, forceable: true }));
}

/** A run image that was read from a file has no name: it counts as a version of the one before. */
function nameObjections({ name }: Image, label: RunImageLabel): Objection[] {
  if (!name) return [];
  const known = namesInLabel(label);
  if (known.some((one) => isSameRepository(one, name.image))) return [];
  const names = known.length > 0 ? `only ${known.map((one) => `\`${one}\``).join(", ")}` : "none";
  const problem = `its labels do not name \`${name.image}\` as its run image: they name ${names}`;
  return [{ problem, forceable: true }];
}

/** System, architecture, variant, and name and version of the distribution. */
function targetOf(config: ImageConfig): (string | undefined)[] {
  const labels = labelsOf(config);
  const distro = ["name", "version"].map((part) => labels[`io.buildpacks.base.distro.${part}`]);
  const variant = config["variant"];
  return [
    config.os,
    config.architecture,
    typeof variant === "string" ? variant : "",
    ...distro,
  ].map((part) => part || undefined);
}

function textOf([os, architecture, variant, name, version]: (string | undefined)[]): string {
  const platform = [os, architecture, variant].filter(Boolean).join("/");
  return `\`${[platform, name, version].filter(Boolean).join(" ")}\``;
}

export function labelsOf({ config }: ImageConfig): Readonly<Record<string, string>> {
  return config.Labels ?? {};
}
