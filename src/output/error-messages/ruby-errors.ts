import type { RubyError } from "../../failure.ts";
import type { Message } from "./message.ts";

export type Advice = Pick<Message, "next" | "blame">;

/** What to do about an exception, if its class and message leave only one cause. */
export function adviceForRubyError(error: RubyError): Advice | undefined {
  for (const { name, message, advise } of causes) {
    const match = name.test(error.name) ? message.exec(error.message) : null;
    if (match) return advise(match[1] ?? "", error);
  }
  return undefined;
}

interface Cause {
  name: RegExp;
  message: RegExp;
  advise: (named: string, error: RubyError) => Advice;
}

// The most common causes, by the classes and messages of Ruby, Rails and database drivers.
const causes: readonly Cause[] = [
  {
    name: /^ActiveSupport::EncryptedFile::MissingKeyError$/,
    message: /^/,
    advise: () => ({
      next: [
        `Set RAILS_MASTER_KEY in the build's environment to the contents of config/master.key, which decrypts config/credentials.yml.enc.`,
        `Or change the app so that it does not read credentials while it loads: precompiling assets does not need them.`,
      ],
      blame: "configuration",
    }),
  },
  {
    name: /^(ArgumentError|RuntimeError)$/,
    message: /^Missing `?(?:secret_key_base|secret_token)\b/,
    advise: () => ({
      next: [`Set SECRET_KEY_BASE in the build's environment. To make a value, run: rails secret`],
      blame: "configuration",
    }),
  },
  {
    name: /^LoadError$/,
    // A file of the app itself has a path, not a name.
    message: /^cannot load such file -- (?![./])(\S+)$/m,
    advise: (file) => ({
      next: [
        `Move the gem that has \`${file}\` out of the groups \`development\` and \`test\`, which are not installed (BUNDLE_WITHOUT).`,
        `Or make the Rakefile work without it: begin; require "${file}"; rescue LoadError; end`,
      ],
      blame: "application",
    }),
  },
  {
    name: /^KeyError$/,
    message: /^key not found: "([A-Z][A-Z0-9_]*)"/,
    advise: (name) => ({
      next: [
        `Set ${name} in the build's environment.`,
        `Or give it a default where the app reads it: ENV.fetch("${name}", nil)`,
      ],
      blame: "configuration",
    }),
  },
  {
    name: /^(ActiveRecord::(ConnectionNotEstablished|DatabaseConnectionError|NoDatabaseError)|PG::ConnectionBad|Mysql2::Error::ConnectionError|Trilogy::(BaseConnectionError|ConnectionError|SyscallError::ECONNREFUSED)|Redis(Client)?::CannotConnectError)$/,
    message: /^/,
    advise: (_, error) => connectsWhileLoading(error),
  },
  {
    name: /^(ExecJS::RuntimeUnavailable|Errno::ENOENT|RuntimeError)$/,
    message:
      /^(?:Could not find a JavaScript runtime|No such file or directory - (?:node|yarn|npm|npx)$|Command failed with status \(127\): \[(?:node|yarn|npm|npx)\b)/,
    advise: () => ({
      next: [
        `Put a Node buildpack before this one: --buildpack heroku/nodejs --buildpack lapidary/ruby`,
        `With Paketo's builders: paketo-buildpacks/node-engine, then npm-install, or yarn and yarn-install.`,
      ],
      blame: "configuration",
    }),
  },
];

function connectsWhileLoading({ backtrace }: RubyError): Advice {
  const place = backtrace.find((frame) => !/\/gems\/|\/lib\/ruby\/|^<internal:/.test(frame));
  const where = place === undefined ? "while it loads" : `at ${/^[^:]*:\d+/.exec(place)?.[0]}`;
  return {
    next: [
      `A build has no database or other services, and the app connects ${where}. Make it connect on first use.`,
      `--env DATABASE_URL=…   # if the app's rake tasks do need a database: one that the build can reach`,
    ],
    blame: "application",
  };
}
