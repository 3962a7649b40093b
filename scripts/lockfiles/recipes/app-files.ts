type Files = Readonly<Record<string, string>>;

/** Files next to the Gemfile of every recipe. */
export const appFiles: Files = {
  ...gem("vendor/gems/greeter", "greeter", "0.1.0", { rack: ">= 2", rake: "~> 13.0" }),
  ...gem("engines/billing", "billing", "2.0.0.beta.1", { activesupport: ">= 6.1, < 9" }),
  ...gem("engines/shop", "shop", "1.2.3", {}),
  ...gem(".", "own", "0.0.1", { rack: "" }),
};

/** Git repositories, by the path in their address. */
export const repositories: Readonly<Record<string, Files>> = {
  "acme/toolbox.git": gem(".", "toolbox", "1.4.0", { "rack-test": "> 1.0" }),
  "acme/monorepo.git": {
    ...gem("parts/lathe", "lathe", "3.0.0", { chisel: "= 3.0.0" }),
    ...gem("parts/chisel", "chisel", "3.0.0", {}),
  },
  "acme/bundler-source-folder.git": {
    ...gem(".", "bundler-source-folder", "1.0.0", {}),
    "plugins.rb": sourcePlugin(),
    "lib/folder.rb": "",
  },
};

function gem(folder: string, name: string, version: string, dependencies: Files): Files {
  const lines = Object.entries(dependencies).map(([needed, requirement]) => {
    const requirements = requirement.split(", ").filter((one) => one !== "");
    const args = [needed, ...requirements].map((arg) => JSON.stringify(arg));
    return `  gem.add_dependency ${args.join(", ")}`;
  });
  const fields = { name, version, summary: name, author: "Acme" };
  const said = Object.entries(fields).map(([key, value]) => `  gem.${key} = "${value}"`);
  const files = '  gem.files = ["plugins.rb"].select { |name| File.file?(name) }';
  const text = ["Gem::Specification.new do |gem|", ...said, files, ...lines, "end", ""].join("\n");
  return { [`${folder === "." ? "" : `${folder}/`}${name}.gemspec`]: text };
}

// A source with gems in a folder of the app: a minimal Bundler source plugin.
function sourcePlugin(): string {
  return `
    class FolderSource < Bundler::Plugin::API
      source "folder"
      def fetch_gemspec_files
        Dir[File.join(root, uri.delete_prefix("folder:/"), "*.gemspec")]
      end
      def options_to_lock
        options.slice("shade")
      end
      def install(spec, _options)
      end
    end
  `;
}
