const general = `Lapidary turns a Ruby or Rails app into an image's layers, and runs it, on this machine.

    lapidary build APP          builds the app in the directory APP
    lapidary run APP            starts the web process of its last build
    lapidary run APP -- CMD     runs a command in its last build
    lapidary slug SRC           makes slug.tgz of an app, by buildpacks of the classic API
    lapidary slug run SLUG      starts its web process
    lapidary artifact ruby|jemalloc VERSION
                                compiles an archive that builds then install
    lapidary package            packages the buildpack for other platforms, out of a checkout

    lapidary help COMMAND       all options of a command
    lapidary --version
`;

const build = `lapidary build APP [OPTION…]

Builds the app in the directory APP with buildpacks, from a copy: APP itself is never written to.

    --env NAME=VALUE        sets a variable of the build; NAME alone passes on its value here
    --env-file FILE         takes such variables from a file, one a line
    --binding [NAME=]DIR    gives the service binding in DIR to the build
    --volume HOST:INSIDE    shows a file or directory of this machine to the build, below INSIDE, for
                            reading; \`:rw\` behind it for writing, too
    --buildpack DIR         builds with this buildpack instead of Lapidary's own; may be repeated,
                            and then they build in that order
    --clear-cache           forgets all cached layers of earlier builds
    --build-root DIR        the root file system to build in, instead of this machine's
    --run-root DIR          the root file system that the app will run in, where it is another
    --image TARGET          exports an image, to oci:DIR[:TAG] or docker-archive:FILE[:NAME]
    --run-image SOURCE      what it stands on, named likewise, instead of the root of --run-root
    --lifecycle FILE        starts it by the launcher of this lifecycle, instead of our own
    --uid N, --gid N        whom buildpacks run as; other ids than one's own need root
    --no-network            cuts buildpacks off from every network
    --platform-api VERSION  behaves as a platform of that API does: 0.9 to 0.14
    --state DIR             where builds and caches are kept; one folder for each app
    --report FILE           writes what the build did as JSON
    --verbose               prints every decision of the platform

Options are also read from the app's project.toml: include, exclude, buildpacks, build variables.
`;

const run = `lapidary run APP [OPTION…] [-- CMD…]

Starts the default process of the app's last build, or the command after \`--\`, as a container of
its image would. What it writes is kept for the next run, until the app is built again.

    --env NAME=VALUE        sets a variable; NAME alone passes on its value here
    --env-file FILE         takes such variables from a file, one a line
    --process TYPE          starts this process; what follows after \`--\` are its arguments
    --run-root DIR          the root file system to run in, instead of this machine's
    --run-uid N, --gid N    whom the app runs as; other ids than one's own need root
    --state DIR             where the build is kept, if it was built with \`--state\`

The web process listens on PORT, which is 3000 unless \`--env PORT=…\` says otherwise.
`;

const artifact = `lapidary artifact ruby|jemalloc VERSION [OPTION…]

Compiles a release from its verified source, as a build does where nothing is prebuilt, and packs it
for the distribution and architecture of the root file system that it was compiled in:

    DIR/ruby-3.4.5-debian-12-amd64.tgz
    DIR/inventory.toml      lists every archive that was made into DIR, with its SHA-256

The last line, alone on standard output, is what makes a build install what the inventory lists:

    BP_INVENTORY=file:///…/DIR/inventory.toml#sha256=…

Serve DIR over HTTP, and the URL of its inventory does the same on any machine.

    --root DIR              the root file system to compile in, instead of this machine's
    --arch amd64|arm64      the architecture to compile for, where it is not that of the root; the
                            root then needs a cross compiler, and names all that it lacks
    --out DIR               where archives and their inventory go, instead of \`dist\`
    --verbose               prints all that the compiler says

Sources come from the inventory of Lapidary, or from BP_INVENTORY where it is set, and from the mirror
where BP_DEPENDENCY_MIRROR is. Ruby for another architecture takes a Ruby of the same version that
runs in the root: it is installed from the inventory, or compiled first.
`;

const slug = `lapidary slug [OPTION…] SRC

Makes slug.tgz of an app, as a platform of slugs does. SRC is its repository: a directory, or a tar.gz
of it, with or without the files of a checkout. What .slugignore names is left out.

    --env NAME=VALUE        sets a config var; NAME alone passes on its value here
    --env-file FILE         takes config vars from a file, one a line
    --buildpack DIR|URL     asks this buildpack whether the app is for it, instead of Lapidary's own;
                            may be repeated, and the first that says yes compiles. URLs are of git
                            repositories: https://host/name.git#branch
    --cache DIR             where the buildpack's cache is kept; one folder for each app
    --output FILE           the slug, slug.tgz unless stated

The config var BUILDPACK_URL names the only buildpack that is asked.

lapidary slug run [OPTION…] SLUG [-- CMD…]

Starts the web process of a slug, or the command after \`--\`, as a dyno does: at /app, by bash, after
the files of .profile.d. What it writes is gone when it ends.

    --env, --env-file       config vars, as above
    --process TYPE          starts this process of its Procfile or of bin/release; what follows after
                            \`--\` are its arguments
    --run-root DIR          the root file system to run in, instead of this machine's
    --run-uid N, --gid N    whom the app runs as; other ids than one's own need root

The web process listens on PORT, which is 3000 unless \`--env PORT=…\` says otherwise.
`;

const packaging = `lapidary package [OPTION…]

Packages the buildpack, with a Node of its own, for platforms that run it in images without one. It
works in a checkout whose \`dist\` is built; \`npm run package\` builds that first.

    --out DIR               where packages are put, instead of in \`packages\`
    --target linux/ARCH     amd64 or arm64; may be repeated, and without it means both
    --offline APP           puts the Ruby and jemalloc in that APP needs into the packages
    --distro NAME@VERSION   only those for this distribution, such as ubuntu@24.04

It makes a .cnb file of each architecture, for \`pack build --buildpack FILE\`; an image layout of all
of them, for registries; and a package that npm installs this command from.
`;

/** What `--help` prints. */
export function usageText(topic?: Topic): string {
  return topic === undefined ? general : topics[topic];
}

const topics = { build, run, artifact, slug, package: packaging };

/** What there is help for. */
type Topic = keyof typeof topics;
