# Makes and starts the primary. Reads: home bin user config subnet address standby port database superuser replication_user,
# and from stdin the password of the superuser and that of the replication user. Safe to run again.
set -eu
umask 077
IFS= read -r superuser_password
IFS= read -r replication_password

base=$home/rehearsal
data=$base/data
log=$base/postgres.log
made=$base/made

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

if [ -e "$made" ]; then
  as_server "$bin/pg_ctl" -D "$data" status </dev/null >/dev/null 2>&1 || start
  exit 0
fi
[ ! -e "$data" ] || as_server "$bin/pg_ctl" -D "$data" -m immediate -w stop </dev/null >/dev/null 2>&1 || :
rm -rf "$data" "$log"

password_file=$base/password
printf '%s\n' "$superuser_password" >"$password_file"
chown "$user" "$password_file"
init() {
  rm -rf "$data"
  as_server "$bin/initdb" -D "$data" -U "$superuser" -E UTF8 --locale="$1" --pwfile="$password_file" \
    --auth=scram-sha-256 --no-sync </dev/null 2>&1
}
# Systems without that locale have C everywhere.
said=$(init C.UTF-8) || said=$(init C) || {
  rm -f "$password_file"
  fail POSTGRES_START_FAILED "FATAL:  initdb could not make a database: $(printf '%s' "$said" | tail -n 3)"
}
rm -f "$password_file"

printf '%s\n' "$config" "port = $port" "listen_addresses = '$address,127.0.0.1'" "unix_socket_directories = '$base'" >"$data/rehearse.conf"
printf "\ninclude = 'rehearse.conf'\n" >>"$data/postgresql.conf"
{
  echo "local all all scram-sha-256"
  echo "host all all 127.0.0.1/32 scram-sha-256"
  for net in $subnet; do echo "host all all $net scram-sha-256"; done
  [ -z "$standby" ] || echo "host replication $replication_user $standby/32 scram-sha-256"
} >"$data/pg_hba.conf"
chown "$user" "$data/rehearse.conf" "$data/pg_hba.conf"

# A server for one user, without any network, is how the first SQL runs; it says ERROR but ends with 0.
said=$({
  echo "create database $database"
  [ -z "$standby" ] || {
    echo "set password_encryption = 'scram-sha-256'"
    echo "create role $replication_user login replication password '$replication_password'"
    echo "grant pg_monitor to $replication_user"
  }
} | as_server "$bin/postgres" --single -D "$data" -c log_min_error_statement=panic postgres 2>&1) || fail POSTGRES_START_FAILED "$said"
case $said in
*ERROR:* | *FATAL:* | *PANIC:*) fail POSTGRES_START_FAILED "$said" ;;
esac
start
: >"$made"
