# Starts one program of the server where it sees nothing of this machine but software and its own folders. Run by root in new
# namespaces for mounts, network and IPC. Arguments: ROOT (an empty folder), UID, what it may read …, --, what it may write as
# FOLDER:SEEN_AS …, --, the program and its arguments. It becomes that program: the pid stays.
set -euo pipefail
R=$1 uid=$2
shift 2
# Bash ignores SIGQUIT, PostgreSQL's immediate shutdown, unless it is told otherwise.
trap 'exit 1' INT QUIT TERM
umask 022
ulimit -c 0
ulimit -u 16384
mount -t tmpfs -o mode=755,size=16m,nosuid,nodev tmpfs "$R"
mkdir "$R"/{dev,etc,proc,run,tmp,.old}

# Every program that is started here costs each start of a server some milliseconds: as few as possible.
# show FROM TO OPTIONS
show() {
  local folder=$2
  if [ ! -d "$1" ]; then folder=${2%/*}; fi
  if [ ! -d "$folder" ]; then mkdir -p "$folder"; fi
  if [ ! -d "$1" ]; then : >"$2"; fi
  mount -o "rbind,$3" "$1" "$2"
}

mount -t tmpfs -o mode=1777,size=64m,nosuid,nodev,noexec tmpfs "$R/tmp"
links=()
for path in /usr /bin /sbin /lib /lib32 /lib64 /libx32 /nix /gnu /var/cache/postgresql; do
  if [ -L "$path" ]; then links+=("$path"); elif [ -d "$path" ]; then show "$path" "$R$path" ro,nosuid,nodev; fi
done
if [ "${#links[@]}" -gt 0 ]; then cp -P "${links[@]}" "$R/"; fi
files=()
for path in ld.so.cache ld.so.conf ld.so.conf.d localtime timezone; do
  if [ -e "/etc/$path" ]; then files+=("/etc/$path"); fi
done
if [ "${#files[@]}" -gt 0 ]; then cp -a "${files[@]}" "$R/etc/"; fi
if [ -d /etc/alternatives ]; then show /etc/alternatives "$R/etc/alternatives" ro,nosuid,nodev; fi
printf 'root:x:0:0::/:/usr/sbin/nologin\nrehearsal:x:%s:%s::%s:/bin/sh\n' "$uid" "$uid" "$HOME" >"$R/etc/passwd"
printf 'root:x:0:\nrehearsal:x:%s:\n' "$uid" >"$R/etc/group"
printf 'passwd: files\ngroup: files\nhosts: files\n' >"$R/etc/nsswitch.conf"
echo '127.0.0.1 localhost' >"$R/etc/hosts"
mkdir -p "$R$HOME"

while [ "$1" != -- ]; do
  if [ ! -e "$R$1" ]; then show "$1" "$R$1" ro,nosuid,nodev; fi
  shift
done
shift
while [ "$1" != -- ]; do
  show "${1%%:*}" "$R${1#*:}" rw,nosuid,nodev,noexec
  shift
done
shift

for node in null zero full random urandom; do show "/dev/$node" "$R/dev/$node" rw,nosuid,noexec; done
ln -s /proc/self/fd "$R/dev/fd"
mkdir "$R/dev/shm"
mount -t tmpfs -o mode=1777,nosuid,nodev,noexec tmpfs "$R/dev/shm"
# Other users' processes are not even listed. A container may forbid it; PostgreSQL does without.
mount -t proc -o nosuid,nodev,noexec,hidepid=2 proc "$R/proc" 2>/dev/null || true
ip link set lo up

cd "$R"
pivot_root . .old
umount -l /.old
rmdir /.old
# With something mounted over the root of the namespace this counts as a chroot, in which the kernel makes no user namespace
# (current_chrooted in kernel/user_namespace.c). Paths stay what they are on the machine.
mount -t tmpfs -o ro,size=4k,mode=000 tmpfs /
cd "$HOME"
unset OLDPWD SHLVL
path=
IFS=:
for folder in $PATH; do
  if [ -d "$folder" ]; then path=$path${path:+:}$folder; fi
done
PATH=$path
trap - INT QUIT TERM
exec setpriv --reuid "$uid" --regid "$uid" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
