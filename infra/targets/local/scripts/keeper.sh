# Outlives whoever made the host: starts it, ends it at its expiry, and cleans up after it however it ended.
# Arguments: rehearse-keeper RUN ROLE EXPIRES OWNER. The file `expires` overrules the argument while it is there.
argument_expires=$4
# A pipe that nobody writes to is a sleep without a process.
mkfifo "$DIR/wait"
exec 6<>"$DIR/wait"
rm "$DIR/wait"

# True at the expiry, else a second later.
expired() {
  local now expires
  read -r expires _ 2>/dev/null <"$DIR/expires" || expires=$argument_expires
  printf -v now '%(%s)T' -1
  if ((now >= expires)); then return 0; fi
  read -rt 1 -u 6 || true
  return 1
} 2>/dev/null

keep_network() {
  local try
  until expired || [ ! -e "/run/netns/$SWITCH" ]; do :; done
  for try in {1..10}; do # its hosts expire at the same moment, and go first
    if [ "$(ls /run/netns | grep -c "^rehearse\.$RUN\.")" -le 1 ]; then break; fi
    read -rt 1 -u 6 || true
  done
  remove_network
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
  until expired || [ ! -e "/proc/$host" ]; do :; done
  # Whoever waits for the host to come up learns why it did not.
  if [ -p "$DIR/ready" ]; then printf 'failed %s\n' "$(tail -c 600 "$DIR/log" | tr '\n' ' ')" 1<>"$DIR/ready"; fi || true
  remove_host
}

if [ "$ROLE" = network ]; then keep_network; else keep_host; fi
