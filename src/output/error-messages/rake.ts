import type { Message, Messages } from "./message.ts";

/** What the app's own Rake refused. The app's words, backtrace included, stand before these. */
export const rakeMessages: Messages<"rake"> = {
  "rake/detection-failed": ({ command, exitCode, output }) => ({
    headline: "The app's rake tasks could not be listed",
    happened: [
      `\`${command}\`, which loads the Rakefile and the app, ended with exit code ${exitCode}. The app's own error stands above.`,
    ],
    ...adviceFor(output, "bundle exec rake -P", exitCode),
  }),
  "rake/precompile-failed": ({ command, exitCode, output }) => ({
    headline: "The app's assets could not be precompiled",
    happened: [
      `\`${command}\` ended with exit code ${exitCode}. The app's own error stands above.`,
    ],
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
      `RAILS_ENV=production BUNDLE_WITHOUT=development:test ${command}   # on your own machine shows the same error, if the app causes it`,
      `BP_RAILS_SKIP_ASSETS=true in the build's environment builds an app that needs no assets.`,
    ],
    blame: "unclear",
  };
}

const outOfMemory: Advice = {
  next: [`Give the build more memory: the command was killed (signal 9).`],
  blame: "platform",
};

// The most common causes, recognised by what Ruby, Rails and drivers of databases print.
const causes: readonly { saying: RegExp; advise: (named: string) => Advice }[] = [
  {
    saying: /Missing encryption key|MissingKeyError|config\/master\.key/,
    advise: () => ({
      next: [
        `Set RAILS_MASTER_KEY in the build's environment (the text of config/master.key, which is not part of the app): it decrypts config/credentials.yml.enc.`,
        `Or read credentials only where they are used: while assets are precompiled, nothing needs them.`,
      ],
      blame: "configuration",
    }),
  },
  {
    saying: /Missing (?:`?secret_key_base`?|secret_token)/,
    advise: () => ({
      next: [`Set SECRET_KEY_BASE in the build's environment; \`rails secret\` makes one.`],
      blame: "configuration",
    }),
  },
  {
    saying: /cannot load such file -- ([^\s(]+)/,
    advise: (file) => ({
      next: [
        `Move the gem that brings \`${file}\` out of the groups \`development\` and \`test\`, which are not installed (BUNDLE_WITHOUT),`,
        `or let the Rakefile do without it: begin; require "${file}"; rescue LoadError; end`,
      ],
      blame: "application",
    }),
  },
  {
    saying: /key not found: "([A-Za-z_0-9]+)"/,
    advise: (name) => ({
      next: [
        `Set ${name} in the build's environment,`,
        `or give it a default where the app reads it: ENV.fetch("${name}", nil)`,
      ],
      blame: "configuration",
    }),
  },
  {
    saying:
      /ConnectionNotEstablished|PG::ConnectionBad|ConnectionError|ECONNREFUSED|Connection refused|could not connect to server/,
    advise: () => ({
      next: [
        `A build has no database and no other service: let the app connect when it is first used, not while it is loaded.`,
      ],
      blame: "application",
    }),
  },
  {
    saying:
      /ExecJS::RuntimeUnavailable|Could not find a JavaScript runtime|(?:node|yarn|npm): not found|No such file or directory - (?:node|yarn|npm|npx)\b/,
    advise: () => ({
      next: [
        `Put a Node buildpack before this one: --buildpack heroku/nodejs --buildpack lapidary/ruby, or with Paketo's builders`,
        `paketo-buildpacks/node-engine and the one that installs packages (npm-install, or yarn and yarn-install).`,
      ],
      blame: "configuration",
    }),
  },
];
