# What every script of a local host shares. Wants: STATE, CG, RUN, ROLE, LINK, MARK.
set -euo pipefail
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
umask 022

DIR=$STATE/$RUN/$ROLE
NETNS=rehearse.$RUN.$ROLE
SWITCH=rehearse.$RUN.network
ROUTE_PROTO=99
ROUTE_METRIC=4000
EXISTS=17

# Claims the name and says whose it is, before there is anything else.
claim() {
  make_dir "$STATE/$RUN"
  if [ -e "$DIR" ]; then echo "$DIR exists already" >&2; exit "$EXISTS"; fi
  mkdir "$DIR"
  put "$OWNER" "$DIR/owner"
  put "$EXPIRES owned" "$DIR/expires"
  printf '%s' "$KEEPER" >"$DIR/keeper"
}

# Started so that nothing of the caller holds it: own session, own environment, no open files.
start_keeper() {
  (
    cd /
    exec setsid -f env -i PATH="$PATH" LC_ALL=C bash "$DIR/keeper" rehearse-keeper "$RUN" "$ROLE" "$EXPIRES" "$OWNER" \
      </dev/null >>"$DIR/log" 2>&1 7>&-
  )
}

# By its whole argument list, so that nothing but this run's keeper is meant.
end_keeper() {
  local file pid argv
  for file in /proc/[0-9]*/cmdline; do
    mapfile -d '' -t argv 2>/dev/null <"$file" || continue
    if [ "${argv[2]:-}" != rehearse-keeper ] || [ "${argv[3]:-}" != "$RUN" ] || [ "${argv[4]:-}" != "$ROLE" ]; then continue; fi
    pid=${file#/proc/}
    pid=${pid%/cmdline}
    if [ "$pid" != "$$" ] && [ "$pid" != "$BASHPID" ]; then kill -KILL "$pid" 2>/dev/null || true; fi
  done
} 2>/dev/null

remove_netns() {
  local name=$1 pids
  [ -e "/run/netns/$name" ] || return 0
  pids=$(ip netns pids "$name" 2>/dev/null || true)
  # shellcheck disable=SC2086
  if [ -n "$pids" ]; then kill -KILL $pids 2>/dev/null || true; fi
  ip netns del "$name" 2>/dev/null || { umount -l "/run/netns/$name" 2>/dev/null || true; rm -f "/run/netns/$name"; }
}

remove_dir() {
  local path
  while read -r _ _ _ _ path _; do
    case $path in "$DIR"/*) umount -l "$path" ;; esac
  done </proc/self/mountinfo
  rm -rf --one-file-system "$DIR"
  rmdir "$STATE/$RUN" "$STATE" 2>/dev/null || true
  # `ip netns add` made this mount. It is busy, and stays, as long as anybody has a namespace in it.
  if [ -d /run/netns ] && [ -z "$(ls -A /run/netns)" ]; then umount /run/netns 2>/dev/null && rmdir /run/netns 2>/dev/null; fi || true
}

remove_host() {
  end_keeper
  cgroups_down
  # At once; the kernel takes the interfaces of a dead namespace away only some time later.
  ip -n "$SWITCH" link del dev "$ROLE" 2>/dev/null || true
  remove_netns "$NETNS"
  remove_dir
}

remove_network() {
  local subnet
  end_keeper
  # Before the link: a route without its link could not be told whose it is but by its mark.
  while read -r subnet; do
    ip route del unreachable "$subnet" proto "$ROUTE_PROTO" metric "$ROUTE_METRIC" 2>/dev/null || true
  done < <(own_routes)
  ip link del dev "$LINK" 2>/dev/null || true
  remove_netns "$SWITCH"
  remove_dir
}

# An unreachable route has no use for a TCP window, so it can carry the run's mark there.
own_routes() {
  ip -4 route show proto "$ROUTE_PROTO" type unreachable |
    awk -v mark="$MARK" '{ for (i = 1; i < NF; i++) if ($i == "window" && $(i + 1) == mark) print $2 }'
}
