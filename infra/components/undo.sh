# Ends what runs in the run's folders on the host and removes them; what does not carry its claim stays. Reads: run engine postgres.
set -eu

# Ends, by the signal, what works in a folder or below it.
signal_in() {
  for process in /proc/[0-9]*; do
    case $(readlink "$process/cwd" 2>/dev/null) in
    "$2" | "$2"/*) kill "-$1" "${process#/proc/}" 2>/dev/null || : ;;
    esac
  done
}

cd /
for place in "$engine" "$postgres"; do
  if [ -L "$place" ] || [ "$(cat "$place/rehearse-claim" 2>/dev/null)" != "$run" ]; then continue; fi
  for file in "$place"/*/data/postmaster.pid; do
    pid=$(head -n 1 "$file" 2>/dev/null) || continue
    if [ "$(readlink "/proc/$pid/cwd")" != "${file%/postmaster.pid}" ]; then continue; fi
    kill -QUIT "$pid" 2>/dev/null || continue
    tries=100
    while [ -e "/proc/$pid" ] && [ "$tries" -gt 0 ]; do
      sleep 0.1
      tries=$((tries - 1))
    done
  done
  signal_in KILL "$place"
  rm -rf --one-file-system "$place"
  rmdir "$(dirname "$place")" 2>/dev/null || :
done
