# Outlives whoever made the host: starts it, ends it at its expiry, and cleans up after it however it ended.
# Its owner's death ends it too, after ORPHAN_SECONDS, unless it is kept.
# Arguments: rehearse-keeper RUN ROLE EXPIRES OWNER, as they were at first; the claim has the last word.
argument_expires=$4 argument_owner=$5
# So much of the machine's disk stays free, or a tenth of a smaller one.
DISK_RESERVE=$((4 << 30))
start_of $$ && claim_thing keeper "$start" $$
# A pipe that nobody writes to is a sleep without a process.
mkfifo "$DIR/wait"
exec 6<>"$DIR/wait"
rm "$DIR/wait"
remembered=$(<"$CLAIM")
orphaned_seconds=0
pid_namespace=$(readlink /proc/self/ns/pid)

# owner_lives PID/START/BOOT/NAMESPACE: also where nobody owns it, and where its owner cannot be seen from here.
owner_lives() {
  local pid begun namespace start
  IFS=/ read -r pid begun _ namespace <<<"$1"
  if [ "$pid" = - ] || [ "$namespace" != "$pid_namespace" ]; then return 0; fi
  start_of "$pid" && [ "$start" = "$begun" ]
}

# True when its time is over or its claim is gone, else a second later.
expired() {
  local now expires=$argument_expires how=owned owner=$argument_owner
  if [ ! -e "$CLAIM" ]; then
    # Without it nobody could tell whose all this is.
    mkdir -p "$CLAIMS" && printf '%s\n' "$remembered" >"$CLAIM"
    return 0
  fi
  read_claim
  printf -v now '%(%s)T' -1
  if ((now >= expires)); then return 0; fi
  if [ "$how" = kept ] || owner_lives "$owner"; then orphaned_seconds=0; else orphaned_seconds=$((orphaned_seconds + 1)); fi
  if ((orphaned_seconds > ORPHAN_SECONDS)); then return 0; fi
  read -rt 1 -u 6 || true
  return 1
} 2>/dev/null

keep_network() {
  local try
  until expired || [ ! -e "/run/netns/$SWITCH" ]; do :; done
  for try in {1..10}; do # its hosts expire at the same moment, and go first
    if [ "$(ls "$CLAIMS" 2>/dev/null | grep -c "^$RUN\.[a-z0-9-]*$")" -le 1 ]; then break; fi
    read -rt 1 -u 6 || true
  done
  remove_network
}

# True when the machine's disk is nearly full, and this host has filled it: it must not take the machine with it.
fills_disk() {
  local block size free used reserve
  read -r block size free < <(stat -f -c '%S %b %a' "$DIR")
  reserve=$((size / 10))
  if ((reserve * block > DISK_RESERVE)); then reserve=$((DISK_RESERVE / block)); fi
  if ((free >= reserve)); then return 1; fi
  read -r used _ < <(du -sx --block-size="$block" "$DIR/disk" 2>/dev/null)
  if ((used < reserve)); then return 1; fi
  # The log may lie on that disk, and then cannot be written any more.
  printf 'ended, because it had filled the disk of the machine: %s bytes of %s are left\n' "$((free * block))" "$((size * block))" >&2 || true
}

keep_host() {
  (
    cgroups_enter
    # --pdeathsig: without its keeper a host would never expire.
    exec setpriv --pdeathsig KILL nsenter --net="/run/netns/$NETNS" \
      unshare --mount --uts --ipc --cgroup --pid --fork --kill-child=KILL \
      bash "$DIR/init" rehearse-host "$RUN" "$ROLE" "$argument_expires"
  ) 6>&- &
  local host=$!
  until expired || [ ! -e "/proc/$host" ] || fills_disk; do :; done
  # Whoever waits for the host to come up learns why it did not.
  if [ -p "$DIR/ready" ]; then printf 'failed %s\n' "$(tail -c 600 "$DIR/log" | tr '\n' ' ')" 1<>"$DIR/ready"; fi || true
  remove_host
}

if [ "$ROLE" = network ]; then keep_network; else keep_host; fi
