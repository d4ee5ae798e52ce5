# Ends what runs in the run's folders on the host, or as its own user, and removes them; what does not carry its claim stays.
# Reads: run engine postgres base server_user.
set -eu

# Ends, by the signal, what works in a folder or below it.
signal_in() {
  for process in /proc/[0-9]*; do
    case $(readlink "$process/cwd" 2>/dev/null) in
    "$2" | "$2"/*) kill "-$1" "${process#/proc/}" 2>/dev/null || : ;;
    esac
  done
}
signal_of() {
  for process in /proc/[0-9]*; do
    [ "$(stat -c %u "$process" 2>/dev/null)" != "$2" ] || kill "-$1" "${process#/proc/}" 2>/dev/null || :
  done
}
# Does that process work in this data folder, or as the run's own user?
is_server() {
  [ "$(readlink "/proc/$1/cwd" 2>/dev/null)" = "$2" ] || { [ -n "$uid" ] && [ "$(stat -c %u "/proc/$1" 2>/dev/null)" = "$uid" ]; }
}
is_of_run() {
  [ ! -L "$1" ] && [ "$(head -n 1 "$1/rehearse-claim" 2>/dev/null)" = "$run" ]
}

cd /
# The claim of the run's own user is its comment.
uid=
if [ "$server_user" != postgres ] && [ "$(grep "^$server_user:" /etc/passwd | cut -d: -f5)" = "dress-rehearsal $run" ]; then
  uid=$(id -u "$server_user")
fi
for place in "$engine" "$postgres"; do
  is_of_run "$place" || continue
  for file in "$place"/*/data/postmaster.pid; do
    pid=$(head -n 1 "$file" 2>/dev/null) || continue
    is_server "$pid" "${file%/postmaster.pid}" || continue
    kill -QUIT "$pid" 2>/dev/null || continue
    tries=100
    while [ -e "/proc/$pid" ] && [ "$tries" -gt 0 ]; do
      sleep 0.1
      tries=$((tries - 1))
    done
  done
  signal_in KILL "$place"
done
if [ -n "$uid" ]; then
  signal_of KILL "$uid"
  find /dev/shm /tmp -maxdepth 1 -user "$uid" -type f -delete 2>/dev/null || :
  awk -v uid="$uid" 'NR > 1 && $8 == uid { print $2 }' /proc/sysvipc/shm 2>/dev/null |
    while read -r segment; do ipcrm -m "$segment" 2>/dev/null || :; done
  tries=50
  until userdel "$server_user" 2>/dev/null || [ "$tries" -eq 0 ]; do
    sleep 0.1
    signal_of KILL "$uid"
    tries=$((tries - 1))
  done
fi
for place in "$engine" "$postgres"; do
  is_of_run "$place" || continue
  signal_in KILL "$place"
  rm -rf --one-file-system "$place"
  rmdir "$(dirname "$place")" 2>/dev/null || :
done
if [ -n "$base" ] && [ "$(ls -A "$base" 2>/dev/null)" = .made-for-runs ]; then
  rm -f "$base/.made-for-runs"
  rmdir "$base" 2>/dev/null || :
fi
