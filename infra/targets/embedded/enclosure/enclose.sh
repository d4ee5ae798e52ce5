# Closes what a command sees, in new namespaces for network and mounts. Run by root. Arguments: folders to empty …, --, sockets
# to hide …, --, the program that holds it open. It becomes that program: the pid stays.
set -euo pipefail
ip link set lo up
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mount -t tmpfs -o mode=1777,size=1m,nosuid,nodev tmpfs "$1"; fi
  shift
done
shift
# A connection to what is no socket is refused (connect(2)).
while [ "$1" != -- ]; do
  if [ -S "$1" ]; then mount --bind /dev/null "$1"; fi
  shift
done
shift
exec "$@"
