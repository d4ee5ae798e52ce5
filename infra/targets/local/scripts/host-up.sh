# Makes one host and waits until it is up. Wants: ADDRESS, UID_OF_RUN, OWNER, EXPIRES, KEEPER, INIT, HOST_KEY, AUTHORIZED_KEY, the limits
# of cgroups_up, LINK_BITS_PER_SEC, LINK_DELAY_MS. Says `ready <pid> <start time> [<how>]` and `note <what>`.
START_TIMEOUT_S=20
claim_part
make_folder
mkdir -m 700 "$DIR/disk"
mkdir "$DIR/disk"/{upper,work,root,postgresql}
mkdir -m 700 "$DIR/disk/rehearse"
(umask 077; printf '%s' "$HOST_KEY" >"$DIR/disk/host_key"; printf '%s' "$INIT" >"$DIR/init"; : >"$DIR/log")

# Throttles know whole disks only, and a file system without a disk of its own (overlay, btrfs) has no number here.
DISK_DEVICE=$(stat -c %Hd:%Ld "$DIR")
if [ -e "/sys/dev/block/$DISK_DEVICE/partition" ]; then DISK_DEVICE=$(cat "/sys/dev/block/$DISK_DEVICE/../dev"); fi
cgroups_up

if ! netns_is_ours "$SWITCH" "$CLAIMS/$RUN.network"; then echo "the network of run $RUN is not there" >&2; exit 1; fi
make_netns "$NETNS"
ip -n "$NETNS" link add name eth0 type veth peer name "$ROLE" netns "$SWITCH"
ip -n "$SWITCH" -batch - <<BATCH
link set dev $ROLE addrgenmode none
link set dev $ROLE master sw.bridge
link set dev $ROLE up
BATCH
ip -n "$NETNS" -batch - <<BATCH
link set dev lo up
link set dev eth0 addrgenmode none
addr add $ADDRESS/24 dev eth0
link set dev eth0 up
BATCH

if [ -n "$LINK_BITS_PER_SEC" ]; then
  burst=$((LINK_BITS_PER_SEC / 800)) # 10 ms worth
  if ((burst < 32768)); then burst=32768; fi
  for end in "$NETNS eth0" "$SWITCH $ROLE"; do
    tc -n "${end% *}" qdisc add dev "${end#* }" root handle 1: tbf rate "${LINK_BITS_PER_SEC}bit" burst "${burst}b" latency 400ms 2>/dev/null ||
      { echo 'note no-link-rate'; break; }
  done
fi
if [ -n "$LINK_DELAY_MS" ]; then
  parent=root
  if tc -n "$NETNS" qdisc show dev eth0 | grep -q tbf; then parent='parent 1:1'; fi
  # shellcheck disable=SC2086
  tc -n "$NETNS" qdisc add dev eth0 $parent handle 10: netem delay "${LINK_DELAY_MS}ms" limit 100000 2>/dev/null || echo 'note no-link-delay'
fi

mkfifo -m 600 "$DIR/ready"
exec 7<>"$DIR/ready"
start_keeper
read -rt "$START_TIMEOUT_S" -u 7 line || line="failed it did not come up within $START_TIMEOUT_S s"
printf '%s\n' "$line"
