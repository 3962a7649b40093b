/**
 * The packages of Debian and Ubuntu that an extension needs to compile, if the error of its `extconf.rb` says
 * what it did not find.
 *
 * @param error the lines of the error that ended Bundler.
 */
export function packagesToCompile(error: readonly string[]): readonly string[] {
  const text = error.join("\n");
  return missing.find(([saying]) => saying.test(text))?.[1] ?? [];
}

// What extensions of well-known gems print before they give up.
const missing: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^mysql client is missing|^mysql\.h is missing/m, ["libmariadb-dev"]],
  [
    /Can't find the 'libpq-fe\.h'? header|^Unable to find PostgreSQL client library/m,
    ["libpq-dev"],
  ],
  [/^ERROR: Can't install RMagick/m, ["libmagickwand-dev"]],
  [/^\*+ icu required/m, ["libicu-dev"]],
  [/^ *Can't find libcurl or curl\/curl\.h/m, ["libcurl4-openssl-dev"]],
  [/could not find idn library/i, ["libidn-dev"]],
  [/^checking for sybfront\.h\.\.\. no/m, ["freetds-dev"]],
  [/^ERROR: sql\.h not found/m, ["unixodbc-dev"]],
  [/^yaml\.h not found|^checking for yaml\.h\.\.\. no/m, ["libyaml-dev"]],
  [/^missing libffi\b/m, ["libffi-dev"]],
  [/^ERROR: CMake is required to build Rugged/m, ["cmake"]],
  [/Could not find MIME type database/, ["shared-mime-info"]],
  [
    /libxml2 is required|cannot find -lxml2|^xmlParseDoc\(\).*no$/m,
    ["libxml2-dev", "libxslt1-dev"],
  ],
  [/^You need to install git to be able to use gems from git/m, ["git"]],
];
