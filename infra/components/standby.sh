# Copies the primary and streams from it. Reads: home bin user node tool config address primary port superuser replication_user, and
# from stdin the password of the replication user. Safe to run again.
set -eu
umask 077
IFS= read -r replication_password

base=$home/rehearsal
data=$base/data
log=$base/postgres.log
made=$base/made
passfile=$base/replication.pgpass

fail() {
  printf '\nrehearse-error %s %s\n' "$1" "$2" >&2
  exit 1
}
as_server() {
  setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups \
    env -i LC_ALL=C PATH="$PATH" HOME="$base" "$@"
}
start() {
  as_server "$bin/pg_ctl" -D "$data" -l "$log" -w -t 60 start </dev/null >/dev/null 2>&1 ||
    fail POSTGRES_START_FAILED "$(tail -n 40 "$log")"
}

id "$user" >/dev/null 2>&1 || useradd --system --home-dir "$home" --shell /bin/sh "$user" >/dev/null 2>&1 || user=nobody
mkdir -p "$base"
chmod 755 "$home"
chown "$user" "$base"
# The folder it was copied to is root's.
cat "$tool" >"$base/standby-tool.mjs"
tool=$base/standby-tool.mjs
chown "$user" "$tool"

if [ -e "$made" ]; then
  as_server "$bin/pg_ctl" -D "$data" status </dev/null >/dev/null 2>&1 || start
  exit 0
fi
[ ! -e "$data" ] || as_server "$bin/pg_ctl" -D "$data" -m immediate -w stop </dev/null >/dev/null 2>&1 || :
rm -rf "$data" "$log"
mkdir "$data"
chown "$user" "$data"

# The end of the copy is seen by its last file: a shell pipe only tells how tar ended.
printf '%s\n' "$replication_password" |
  as_server "$node" "$tool" copy "$primary" "$port" "$replication_user" 2>"$base/copy.log" |
  as_server tar -x -C "$data" -f - 2>>"$base/tar.log" || fail POSTGRES_START_FAILED "FATAL:  cannot copy the primary: $(tail -n 3 "$base/copy.log" "$base/tar.log")"
grep -q '^copied$' "$base/copy.log" ||
  fail POSTGRES_START_FAILED "FATAL:  cannot copy the primary: $(tail -n 3 "$base/copy.log")"

printf '%s:%s:*:%s:%s\n' "$primary" "$port" "$replication_user" "$replication_password" >"$passfile"
{
  printf '%s\n' "$config" "port = $port"
  echo "listen_addresses = '$address,127.0.0.1'"
  echo "unix_socket_directories = '$base'"
  echo "primary_conninfo = 'host=$primary port=$port user=$replication_user passfile=$passfile application_name=rehearse/standby'"
  echo "primary_slot_name = 'rehearse_standby'"
} >"$data/rehearse.conf"
: >"$data/standby.signal"
chown "$user" "$passfile" "$data/rehearse.conf" "$data/standby.signal"
start
printf '%s\n' "$replication_password" |
  as_server "$node" "$tool" await 127.0.0.1 "$port" "$replication_user" >"$base/await.log" 2>&1 ||
  fail POSTGRES_START_FAILED "FATAL:  the standby does not stream: $(tail -n 3 "$base/await.log" "$log")"
: >"$made"
