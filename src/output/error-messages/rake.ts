import type { Message, Messages } from "./message.ts";

/** Rake failures. The app's own error and its backtrace have already been printed. */
export const rakeMessages: Messages<"rake"> = {
  "rake/detection-failed": ({ command, exitCode, output }) => ({
    headline: "The app's rake tasks could not be listed",
    happened: [
      `\`${command}\` loads the Rakefile and the app. It exited with code ${exitCode}; the app's own error is above.`,
    ],
    ...adviceFor(output, "bundle exec rake -P", exitCode),
  }),
  "rake/precompile-failed": ({ command, exitCode, output }) => ({
    headline: "The app's assets could not be precompiled",
    happened: [`\`${command}\` exited with code ${exitCode}. The app's own error is above.`],
    ...adviceFor(output, command, exitCode),
  }),
};

type Advice = Pick<Message, "next" | "blame">;

const killed = 137;

function adviceFor(output: readonly string[], command: string, exitCode: number): Advice {
  if (exitCode === killed) return outOfMemory;
  const text = output.join("\n");
  for (const { saying, advise } of causes) {
    const match = saying.exec(text);
    if (match) return advise(match[1] ?? match[2] ?? "");
  }
  return unknownCause(command);
}

function unknownCause(command: string): Advice {
  return {
    next: [
      `RAILS_ENV=production BUNDLE_WITHOUT=development:test ${command}   # on your own machine: if it fails too, the app is the cause`,
      `BP_RAILS_SKIP_ASSETS=true   # for the build, if the app needs no assets`,
    ],
    blame: "unclear",
  };
}

const outOfMemory: Advice = {
  next: [
    `Give the build more memory: the command was killed (signal 9), usually because memory ran out.`,
  ],
  blame: "platform",
};

// The most common causes, recognized by the messages of Ruby, Rails and database drivers.
const causes: readonly { saying: RegExp; advise: (named: string) => Advice }[] = [
  {
    saying: /Missing encryption key|MissingKeyError|config\/master\.key/,
    advise: () => ({
      next: [
        `Set RAILS_MASTER_KEY in the build's environment to the contents of config/master.key, which decrypts config/credentials.yml.enc.`,
        `Or change the app so that it does not read credentials while it loads: precompiling assets does not need them.`,
      ],
      blame: "configuration",
    }),
  },
  {
    saying: /Missing (?:`?secret_key_base`?|secret_token)/,
    advise: () => ({
      next: [`Set SECRET_KEY_BASE in the build's environment. To make a value, run: rails secret`],
      blame: "configuration",
    }),
  },
  {
    saying: /cannot load such file -- ([^\s(]+)/,
    advise: (file) => ({
      next: [
        `Move the gem that has \`${file}\` out of the groups \`development\` and \`test\`, which are not installed (BUNDLE_WITHOUT).`,
        `Or make the Rakefile work without it: begin; require "${file}"; rescue LoadError; end`,
      ],
      blame: "application",
    }),
  },
  {
    saying: /key not found: "([A-Za-z_0-9]+)"/,
    advise: (name) => ({
      next: [
        `Set ${name} in the build's environment.`,
        `Or give it a default where the app reads it: ENV.fetch("${name}", nil)`,
      ],
      blame: "configuration",
    }),
  },
  {
    saying:
      /ConnectionNotEstablished|PG::ConnectionBad|ConnectionError|ECONNREFUSED|Connection refused|could not connect to server/,
    advise: () => ({
      next: [
        `A build has no database or other services. Make the app connect on first use, not while it loads.`,
      ],
      blame: "application",
    }),
  },
  {
    saying:
      /ExecJS::RuntimeUnavailable|Could not find a JavaScript runtime|(?:node|yarn|npm): not found|No such file or directory - (?:node|yarn|npm|npx)\b/,
    advise: () => ({
      next: [
        `Put a Node buildpack before this one: --buildpack heroku/nodejs --buildpack lapidary/ruby`,
        `With Paketo's builders: paketo-buildpacks/node-engine, then npm-install, or yarn and yarn-install.`,
      ],
      blame: "configuration",
    }),
  },
];
