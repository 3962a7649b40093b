import type { GemfileLock } from "./lockfile/gemfile-lock.ts";
import { platformMatches } from "./gems/gem-platform.ts";

/** What a gem with an extension needs from the system if the extension is compiled. */
export interface ExtensionNeed {
  gem: string;
  /** The libraries that it is linked to. Any one of them is enough; none if it is only needed to compile. */
  libraries: readonly string[];
  /** The package that it is compiled with, in Debian and Ubuntu. */
  compiledWith: string;
}

/**
 * What the gems of a lockfile need for their extensions on a platform. Gems that the lockfile has in a variant
 * for the platform contain what they need.
 */
export function extensionNeeds({ specs }: GemfileLock, platform: string): ExtensionNeed[] {
  return extensions.filter(({ gem }) => {
    const variants = specs.filter(({ name }) => name === gem);
    const compiled = variants.every((variant) => !isVariantFor(variant.platform, platform));
    return variants.length > 0 && compiled;
  });
}

function isVariantFor(platform: string, wanted: string): boolean {
  return platform !== "ruby" && platformMatches(platform, wanted);
}

const needs = (gem: string, compiledWith: string, ...libraries: string[]): ExtensionNeed => ({
  gem,
  libraries,
  compiledWith,
});

const extensions: readonly ExtensionNeed[] = [
  needs("charlock_holmes", "libicu-dev"),
  needs("curb", "libcurl4-openssl-dev", "libcurl.so.4"),
  needs("idn-ruby", "libidn-dev"),
  needs("libxml-ruby", "libxml2-dev", "libxml2.so.2"),
  needs("mimemagic", "shared-mime-info"),
  needs("mysql2", "libmariadb-dev", "libmariadb.so.3", "libmysqlclient.so.21"),
  needs("patron", "libcurl4-openssl-dev", "libcurl.so.4"),
  needs("pg", "libpq-dev", "libpq.so.5"),
  needs("psych", "libyaml-dev", "libyaml-0.so.2"),
  needs("rmagick", "libmagickwand-dev", "libMagickWand-7.Q16.so.10", "libMagickWand-6.Q16.so.6"),
  needs("ruby-odbc", "unixodbc-dev", "libodbc.so.2"),
  needs("rugged", "cmake"),
  needs("tiny_tds", "freetds-dev", "libsybdb.so.5"),
];
