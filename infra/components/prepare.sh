# Makes the run's folders on the host, each with a claim in it. Reads: run engine postgres. Safe to run again.
set -eu
umask 022

fail() {
  printf '\nrehearse-error %s %s\n' "$1" "$2" >&2
  exit 1
}

for place in "$engine" "$postgres"; do
  if [ -e "$place" ] || [ -L "$place" ]; then
    [ ! -L "$place" ] && [ "$(cat "$place/rehearse-claim" 2>/dev/null)" = "$run" ] ||
      fail HOST_START_FAILED "$place is there on the host already and is not of this run: move it away"
  fi
  mkdir -p "$place"
  printf '%s\n' "$run" >"$place/rehearse-claim"
done
chmod 700 "$engine"
# Files are sent by whoever logs in, and he may become root.
chown "${SUDO_USER:-root}" "$engine"
