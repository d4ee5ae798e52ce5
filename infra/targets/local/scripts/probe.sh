# Says what local hosts would lack here, one `missing <kind> <what>` a line, by really making each thing and taking it away.
# Wants: FROM_MACHINE (a packet filter), UID_OF_RUN, OWNER, EXPIRES, KEEPER.
claim_part
make_folder
for program in ip tc unshare nsenter setpriv setsid pivot_root mount find awk xargs; do
  command -v "$program" >/dev/null || echo "missing program $program"
done
setpriv --pdeathsig KILL true 2>/dev/null || echo 'missing program setpriv with --pdeathsig'

cgroups_up >/dev/null 2>&1 || echo 'missing cgroups controllers'
cgroups_down 2>/dev/null || true

mkdir "$DIR"/{upper,work,root}
# shellcheck disable=SC2016
unshare --mount bash -c '
  overlay() { mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"; }
  overlay "$1" 2>/dev/null || { mount -t tmpfs tmpfs "$1" && mkdir "$1"/{upper,work,root} && overlay "$1"; }
' - "$DIR" 2>/dev/null || echo 'missing overlay mounts'
remove_folder
unclaim

# shellcheck disable=SC2016
unshare --net bash -ec '
  ip link add name sw.bridge type bridge
  ip link add name sw.machine type veth peer name other
  tc qdisc add dev sw.machine clsact
  tc filter add dev sw.machine ingress bpf da bytecode "$1"
' - "$FROM_MACHINE" 2>/dev/null || echo 'missing network devices'
echo done
