# Sourced by the shims with `buildpack` set; sets `node`.
# The package's own runtime comes first, then the checkout's or what npm installed beside us, then the
# one on PATH.
case $(uname -m) in
x86_64) arch=x64 ;;
aarch64 | arm64) arch=arm64 ;;
*) arch=unknown ;;
esac
node=
for candidate in "$buildpack/runtime" "$buildpack/node_modules/node-linux-$arch" "$buildpack/../node-linux-$arch"; do
	candidate=$candidate/bin/node
	if [ -x "$candidate" ]; then
		node=$candidate
		break
	fi
done
if [ -z "$node" ] && ! node=$(command -v node); then
	echo "! Lapidary needs Node 24 or newer, and there is none: not in the buildpack, not on PATH." >&2
	echo "! In a checkout of the buildpack, run \`npm ci\`; otherwise use a packaged buildpack." >&2
	exit 1
fi
if [ ! -f "$buildpack/dist/detect.mjs" ]; then
	echo "! This checkout of Lapidary has not been built: run \`npm ci && npm run build\` in it." >&2
	exit 1
fi
