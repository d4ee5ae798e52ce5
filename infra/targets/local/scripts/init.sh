# Process 1 of a host, from an empty mount namespace to sshd. Arguments: rehearse-host RUN ROLE EXPIRES.
# Wants: STATE, RUN, ROLE, ADDRESS, HOSTS, SHM_BYTES, SSHD (path in the host), SSHD_FILES (folder to copy in, or empty),
# AUTHORIZED_KEY, SHARES (array: from, to, from, to, …), MORE_CAPS (`,net_admin`, or empty).
set -euo pipefail
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
umask 022
DIR=$STATE/$RUN.$ROLE
R=$DIR/disk/root
how=

# This machine's /proc is still mounted: pid and start time as they are seen from outside.
read -r stat </proc/self/stat
pid=${stat%% *}
read -ra fields <<<"${stat##*) }"
exec 3<>"$DIR/ready"
hostname "$ROLE"

mount_root() {
  local disk=$1 path
  # Of this machine only its software and settings are seen: everything else in / is blotted out (a device 0:0 hides).
  for path in /* /.[!.]*; do
    case $path in
      /bin | /sbin | /lib | /lib32 | /lib64 | /libx32 | /usr | /etc | /opt | /nix | /gnu) ;;
      *) if [ -e "$path" ] || [ -L "$path" ]; then mknod "$disk/upper$path" c 0 0; fi ;;
    esac
  done
  mount -t overlay overlay -o "lowerdir=/,upperdir=$disk/upper,workdir=$disk/work" "$R"
}

# Where the disk cannot hold the upper layer (it is an overlay itself), memory can.
if ! mount_root "$DIR/disk" 2>/dev/null; then
  mkdir -p "$DIR/disk/memory"
  mount -t tmpfs -o mode=755 tmpfs "$DIR/disk/memory"
  mkdir "$DIR/disk/memory"/{upper,work}
  mount_root "$DIR/disk/memory"
  how=in-memory
fi

# An overlay shows one file system; software that is mounted below it would be missing.
while read -r _ _ _ _ path _; do
  case $path in /usr | /usr/* | /opt | /opt/* | /nix | /nix/* | /gnu | /gnu/*)
    if [ -d "$R$path" ]; then mount -o bind,ro "$path" "$R$path"; fi ;;
  esac
done </proc/self/mountinfo
if [ -d "$R$STATE" ]; then mount -t tmpfs -o ro,size=4k,mode=700 tmpfs "$R$STATE"; fi

# What not everybody on this machine may read is none of the host's business either.
find "$R/etc" -xdev ! -type l \( ! -perm -o=r -o -type d ! -perm -o=rx \) -prune -print0 | xargs -0r rm -rf
rm -rf "$R"/etc/{ssh,postgresql,mysql,docker,kubernetes,environment}

mkdir -p "$R"/{dev,home,mnt,proc,run,srv,sys,tmp,root/.ssh,opt/rehearse,etc/ssh} \
  "$R"/var/{backups,cache,lib/postgresql,lib/rehearse,log/postgresql,mail,spool,tmp}
chmod 700 "$R/root" "$R/root/.ssh"
chmod 1777 "$R/tmp" "$R/var/tmp"
ln -s /run /run/lock "$R/var/"

declare -A users=() groups=() ids=()
while IFS=: read -r name _ uid gid _; do users[$name]=$uid:$gid ids[$uid]=1; done <"$R/etc/passwd"
while IFS=: read -r name _ gid _; do groups[$name]=$gid ids[$gid]=1; done <"$R/etc/group"
# add_user NAME HOME SHELL: with a number that is free here; where the user exists it stays as it is.
add_user() {
  local id=990
  if [ -n "${users[$1]:-}" ]; then return 0; fi
  while [ -n "${ids[$id]:-}" ]; do id=$((id - 1)); done
  if [ -z "${groups[$1]:-}" ]; then
    groups[$1]=$id
    echo "$1:x:$id:" >>"$R/etc/group"
  fi
  users[$1]=$id:${groups[$1]} ids[$id]=1
  echo "$1:x:${users[$1]}:$1:$2:$3" >>"$R/etc/passwd"
}
add_user postgres /var/lib/postgresql /bin/bash
add_user sshd /run/sshd /usr/sbin/nologin
postgres=${users[postgres]}
# No passwords; and not `!`, which sshd takes for a locked account.
(umask 077; printf '%s:*:19000:0:99999:7:::\n' "${!users[@]}" >"$R/etc/shadow")

# Removed first: each may be a link to somewhere in this machine's /run.
rm -f "$R"/etc/{hostname,hosts,resolv.conf}
echo "$ROLE" >"$R/etc/hostname"
printf '127.0.0.1 localhost\n%s\n' "$HOSTS" >"$R/etc/hosts"
: >"$R/etc/resolv.conf"

if [ -n "$SSHD_FILES" ]; then cp -a --no-preserve=ownership "$SSHD_FILES/usr/." "$R/usr/"; fi
install -m 600 "$DIR/disk/host_key" "$R/etc/ssh/host_key"
rm "$DIR/disk/host_key"
(umask 077; printf '%s\n' "$AUTHORIZED_KEY" >"$R/root/.ssh/authorized_keys")
cat >"$R/etc/ssh/sshd_config" <<CONFIG
AddressFamily inet
ListenAddress $ADDRESS
HostKey /etc/ssh/host_key
PidFile none
AllowUsers root
PermitRootLogin prohibit-password
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
AllowAgentForwarding no
X11Forwarding no
PrintMotd no
MaxStartups 100
MaxSessions 100
LoginGraceTime 30
SetEnv PATH=$PATH
Subsystem sftp internal-sftp
CONFIG

# Database and job lie on the disk itself: PostgreSQL copies each file that it opens up into an overlay.
chown "$postgres" "$DIR/disk/postgresql" "$R/var/log/postgresql"
for ((i = 0; i < ${#SHARES[@]}; i += 2)); do
  to=$R${SHARES[i + 1]}
  if [ -d "${SHARES[i]}" ]; then mkdir -p "$to"; else mkdir -p "${to%/*}" && : >"$to"; fi
done

# entry SOURCE TARGET TYPE OPTIONS: a line of fstab(5), where blanks and backslashes are written as octal numbers.
entry() {
  local word
  for word in "$1" "$R$2"; do
    word=${word//\\/\\134} word=${word// /\\040} word=${word//$'\t'/\\011} word=${word//$'\n'/\\012}
    printf '%s ' "$word"
  done
  printf '%s %s 0 0\n' "$3" "$4"
}
{
  entry "$DIR/disk/postgresql" /var/lib/postgresql none bind
  entry "$DIR/disk/rehearse" /var/lib/rehearse none bind
  for ((i = 0; i < ${#SHARES[@]}; i += 2)); do entry "${SHARES[i]}" "${SHARES[i + 1]}" none bind,ro,nosuid,nodev; done
  entry sysfs /sys sysfs ro,nosuid,nodev,noexec
  entry proc /proc proc nosuid,nodev,noexec
  # User 0 of the host is user 0 of the machine: what the kernel lets it write is closed file by file.
  for path in sys sysrq-trigger irq bus fs acpi; do
    if [ -e "/proc/$path" ]; then entry "$R/proc/$path" "/proc/$path" none bind,ro; fi
  done
  entry tmpfs /dev tmpfs mode=755,size=1m,nosuid
  entry tmpfs /run tmpfs mode=755,size=64m,nosuid,nodev
} >"$DIR/fstab"
mount -a -T "$DIR/fstab"

mkdir "$R"/dev/{pts,shm} "$R"/run/{lock,sshd,postgresql}
nodes=(null zero full random urandom tty)
# In a container that may not make devices those of the machine are shown instead.
(cd /dev && cp -a "${nodes[@]}" "$R/dev/") 2>/dev/null || for path in "${nodes[@]}"; do
  rm -f "$R/dev/$path"
  : >"$R/dev/$path"
  mount --bind "/dev/$path" "$R/dev/$path"
done
ln -s pts/ptmx /proc/self/fd "$R/dev/"
for i in 0:stdin 1:stdout 2:stderr; do ln -s "fd/${i%:*}" "$R/dev/${i#*:}"; done
{
  entry devpts /dev/pts devpts newinstance,ptmxmode=0666,mode=620,gid=5
  entry tmpfs /dev/shm tmpfs "size=$SHM_BYTES,mode=1777,nosuid,nodev"
} >"$DIR/fstab"
mount -a -T "$DIR/fstab"
chmod 1777 "$R/run/lock"
chmod 2775 "$R/run/postgresql"
chown "$postgres" "$R/run/postgresql"

cd "$R"
mkdir mnt/old
pivot_root . mnt/old
cd /
umount -l /mnt/old
rmdir /mnt/old
# With something mounted over the root of the namespace this counts as a chroot, in which the kernel makes no user namespace
# (current_chrooted in kernel/user_namespace.c): in one of its own anybody would have every capability.
mount -t tmpfs -o ro,size=4k,mode=000 tmpfs /

# Known from OpenSSH 9.8 on, which otherwise locks an address out that came with a wrong key.
if "$SSHD" -t -f /etc/ssh/sshd_config -o PerSourcePenalties=no 2>/dev/null; then
  echo 'PerSourcePenalties no' >>/etc/ssh/sshd_config
else
  "$SSHD" -t -f /etc/ssh/sshd_config # what is wrong is said here, where it is read
fi

printf 'ready %s %s %s\n' "$pid" "${fields[19]}" "$how" >&3
exec 3>&-
# No mounting, no raw sockets, no other addresses or routes, and no program that gives more rights than its caller has. The host ends with its sshd, and the other way round.
caps=chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,sys_chroot,audit_write,setfcap$MORE_CAPS
# shellcheck disable=SC2016
exec env -i PATH="$PATH" LC_ALL=C setpriv --no-new-privs --bounding-set="-all,+${caps//,/,+}" --inh-caps=-all \
  bash -c '"$0" -D -e -f /etc/ssh/sshd_config >/var/log/sshd.log 2>&1 & trap "exit 0" TERM; wait $!' \
  "$SSHD" rehearse-host "$RUN" "$ROLE" "$4"
