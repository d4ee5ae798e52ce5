# Takes back what a rehearsal left on a host that the next one gets: its server with all of its data, what its server's user made or
# started, the job and what works there, the tracer and its files. Reads: lap home job waits. Safe to run again.
set -eu
cd /

fail() {
  printf '\nrehearse-error %s %s\n' "$1" "$2" >&2
  exit 1
}
works_in() {
  case $(readlink "/proc/$1/cwd" 2>/dev/null) in "$2" | "$2"/* | "$2 (deleted)" | "$2"/*" (deleted)") ;; *) return 1 ;; esac
}
is_of() {
  [ "$(stat -c %u "/proc/$1" 2>/dev/null)" = "$2" ]
}
# Until nothing is left of which the words hold: kill_all is_of 999
kill_all() {
  test=$1 whose=$2 tries=100
  while :; do
    found=
    for process in /proc/[0-9]*; do
      pid=${process#/proc/}
      # What has ended and is only not yet heard of can do nothing.
      if "$test" "$pid" "$whose" && ! grep -q '^State:[[:space:]]*[ZX]' "$process/status" 2>/dev/null && [ -e "$process" ]; then
        kill -KILL "$pid" 2>/dev/null || :
        found="$found $pid"
      fi
    done
    [ -n "$found" ] || return 0
    [ "$tries" -gt 0 ] || fail HOST_START_FAILED "processes of the rehearsal before do not end:$found"
    tries=$((tries - 1))
    sleep 0.1
  done
}
wait_for_end() {
  tries=$2
  while kill -0 "$1" 2>/dev/null && [ "$tries" -gt 0 ]; do
    sleep 0.1
    tries=$((tries - 1))
  done
}

kill_all works_in "$job"
rm -rf --one-file-system "$job"

if [ -e "$waits" ]; then
  tracer=$(cat "$waits/pid" 2>/dev/null || :)
  # It takes its probes back when it is asked to end.
  [ -z "$tracer" ] || { kill -TERM "$tracer" 2>/dev/null && wait_for_end "$tracer" 100; } || :
  [ -z "$tracer" ] || ! kill -0 "$tracer" 2>/dev/null || fail HOST_START_FAILED "the tracer of the rehearsal before does not end: process $tracer"
  rm -rf --one-file-system "$waits"
fi

server=$home/rehearsal
[ -e "$server" ] || exit 0
uid=$(stat -c %u "$server")
[ "$uid" != 0 ] || fail HOST_START_FAILED "$server is not of a server's user"
main=$(head -n 1 "$server/data/postmaster.pid" 2>/dev/null || :)
if [ -n "$main" ] && is_of "$main" "$uid"; then
  kill -QUIT "$main" 2>/dev/null || :
  wait_for_end "$main" 100
fi
kill_all is_of "$uid"
rm -rf --one-file-system "$server"
# Where else that user may write.
for place in "$home" /tmp /var/tmp /dev/shm /run/lock /run/postgresql /var/run/postgresql /var/log/postgresql /var/spool/cron; do
  [ ! -d "$place" ] || find "$place" -xdev -mindepth 1 -user "$uid" -delete 2>/dev/null || :
done
for kind in shm:-m sem:-s msg:-q; do
  # Columns of /proc/sysvipc by their names: they differ from kind to kind.
  awk -v uid="$uid" -v kind="${kind%:*}" '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["uid"] == uid { print $at[kind "id"] }' "/proc/sysvipc/${kind%:*}" 2>/dev/null |
    while read -r id; do ipcrm "${kind#*:}" "$id" 2>/dev/null || :; done
done
[ ! -e "$server" ] || fail HOST_START_FAILED "$server of the rehearsal before cannot be removed"
