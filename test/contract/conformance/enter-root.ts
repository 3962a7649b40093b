/**
 * The command that runs a Node program in namespaces of its own, whose root is a new file system in
 * memory: `/usr`, the checkout and Node are to be read there, all else is free. As root it stays root.
 * Everybody else is user 1000 inside, and nobody else.
 */
export function enterRoot(root: string, checkout: string, program: string): string[] {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? [] : ["--user", "--map-root-user"];
  const become = isRoot ? [] : ["--user", "--map-user=1000", "--map-group=1000"];
  return [
    ...["unshare", ...user, "--mount", "--pid", "--fork", "--kill-child"],
    ...["sh", "-c", script, "sh", root, checkout, process.execPath],
    ...["unshare", ...become, `--root=${root}`, "--wd=/"],
    ...[`${harness}/node`, `${harness}/checkout/${program}`],
  ];
}

/** What no story touches. */
export const harness = "/.harness";

const script = `set -e
umask 022
root=$1 checkout=$2 node=$3
shift 3
show() { mount -o rbind,ro "$1" "$2" 2>/dev/null || mount -o remount,bind,ro "$2"; }
mount -t tmpfs -o mode=755 tmpfs "$root"
mkdir -p "$root/usr" "$root/proc" "$root/dev/shm" "$root${harness}/checkout"
: >"$root${harness}/node"
show /usr "$root/usr"
show "$checkout" "$root${harness}/checkout"
show "$node" "$root${harness}/node"
for device in null zero full random urandom tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
for directory in bin lib lib64 sbin; do ln -s "usr/$directory" "$root/$directory"; done
mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
exec "$@"
`;
