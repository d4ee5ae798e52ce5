# Makes the files by which the waits of the server are told, and starts what tells them. Reads: folder home node program mode
# postgres; an empty program = it runs elsewhere. Safe to run again.
set -eu
umask 022

if [ -e "$folder/pid" ] && kill -0 "$(cat "$folder/pid")" 2>/dev/null; then exit 0; fi
mkdir -p "$folder"
chmod 755 "$folder"
: >"$folder/told"
: >"$folder/wanted"
# The server reads one and writes into the other; the folder is root's, so that it can put nothing in their place.
chmod 644 "$folder/told"
chmod 600 "$folder/wanted"
chown "$(stat -c %u "$home/rehearsal")" "$folder/wanted"
[ -n "$program" ] || exit 0
chmod 600 "$program"
setsid nohup "$node" "$program" "$mode" "$folder" "$postgres" </dev/null >/dev/null 2>&1 &
echo $! >"$folder/pid"
