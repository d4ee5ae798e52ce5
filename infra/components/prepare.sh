# Makes the run's folders on the host, each with a claim in it, and the server's user where that is the run's own.
# Reads: run claim engine postgres base server_user. Safe to run again.
set -eu
umask 022

fail() {
  printf '\nrehearse-error %s %s\n' "$1" "$2" >&2
  exit 1
}

if [ -n "$base" ] && mkdir "$base" 2>/dev/null; then : >"$base/.made-for-runs"; fi
for place in "$engine" "$postgres"; do
  if [ -e "$place" ] || [ -L "$place" ]; then
    [ ! -L "$place" ] && [ "$(head -n 1 "$place/rehearse-claim" 2>/dev/null)" = "$run" ] ||
      fail HOST_START_FAILED "$place is there on the host already and is not of this run: move it away"
  fi
  mkdir -p "$place"
  printf '%s\n' "$run" "$claim" >"$place/rehearse-claim"
done
chmod 700 "$engine"
# Files are sent by whoever logs in, and he may become root.
chown "${SUDO_USER:-root}" "$engine"
# What the migration can do through its server reaches nothing of another server's then.
if [ "$server_user" != postgres ] && ! id "$server_user" >/dev/null 2>&1; then
  useradd --system --no-create-home --home-dir "$postgres" --shell /bin/sh --comment "dress-rehearsal $run" "$server_user" ||
    fail HOST_START_FAILED "the user $server_user for the rehearsed PostgreSQL cannot be made"
fi
