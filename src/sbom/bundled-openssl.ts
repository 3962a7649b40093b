import glob from "fast-glob";
import { readFile } from "node:fs/promises";
import { readElfNeeds } from "../system/elf/elf-needs.ts";
import type { Component } from "./component.ts";
import { genericUrl } from "./package-url.ts";

/**
 * The OpenSSL that is part of a Ruby, as in portable ones. None if Ruby uses that of the system, which is in the bill of
 * materials of the image's own packages.
 */
export async function bundledOpenssl(rubyDir: string): Promise<Component[]> {
  const options = { cwd: rubyDir, absolute: true, followSymbolicLinks: false };
  const [extension] = await glob("lib/ruby/*/*/openssl.so", options);
  const needs = extension === undefined ? undefined : await readElfNeeds(extension);
  if (extension === undefined || !needs || needs.needed.some((name) => ofSystem.test(name))) {
    return [];
  }
  const version = banner.exec(await readFile(extension, "latin1"))?.[1];
  return version === undefined ? [] : [openssl(version)];
}

const ofSystem = /^lib(ssl|crypto)\.so/;

/** `OpenSSL 3.6.2 7 Apr 2026` */
const banner = /OpenSSL (\d+\.\d+\.\d+[a-z]?) +\d{1,2} [A-Z][a-z]{2} \d{4}/;

function openssl(version: string): Component {
  return {
    name: "openssl",
    version,
    purl: genericUrl("openssl", version),
    licenses: ["Apache-2.0"],
    cpe: `cpe:2.3:a:openssl:openssl:${version}:*:*:*:*:*:*:*`,
    homepage: "https://www.openssl.org/",
  };
}
