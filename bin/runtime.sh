# Sourced by the programs in this directory, with `buildpack` set. Sets `node`.
# Order: the Node in the package, the one in the checkout's node_modules, the one that npm installed
# next to this package, the one on PATH.
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
	echo "! Lapidary needs Node 24 or newer. There is none in the buildpack and none on PATH." >&2
	echo "! In a checkout, run \`npm ci\`. Otherwise use a packaged buildpack." >&2
	exit 1
fi
if [ ! -f "$buildpack/dist/detect.mjs" ]; then
	echo "! This checkout of Lapidary is not built yet. Run this in it: npm ci && npm run build" >&2
	exit 1
fi
