
# Installs PostgreSQL and the packages that were asked for from PGDG's repository, while the host still gets out; firewall.sh closes it.
# Reads: packages (with blanks between), major, pgdg (URL of the repository). Safe to run again.
refuse() { fail POSTGRES_NOT_FOUND "postgres.packages cannot be installed on the host: $1"; }
is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
# Waits for a lock of the first boot; every failure to fetch is one, and the last of apt's errors is told.
apt() {
  DEBIAN_FRONTEND=noninteractive timeout 600 apt-get -q -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=1 \
    -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 -o APT::Update::Error-Mode=any \
    -o Dpkg::Options::=--force-confold "$@" >"$home/apt.log" 2>&1 </dev/null && return
  why=$(grep -m 1 '^E: ' "$home/apt.log" || tail -n 1 "$home/apt.log")
  refuse "apt-get $1: ${why:-it ended without a word, or took longer than 10 minutes}"
}

lacking=
for package in "postgresql-$major" $packages; do
  is_installed "$package" || lacking="$lacking $package"
done
if [ -n "$lacking" ]; then
  command -v apt-get >/dev/null 2>&1 || refuse 'it has no apt-get, and they are packages of Debian and Ubuntu'
  release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release | tr -d '"')
  [ -n "$release" ] || refuse '/etc/os-release does not say which release of Debian or Ubuntu it is'
  # The key of PGDG comes with the distribution's own package, so that nobody has to be believed who is not believed already.
  key=/usr/share/postgresql-common/pgdg/apt.postgresql.org
  if ! is_installed postgresql-common || ! is_installed ca-certificates; then
    apt update
    apt install --no-install-recommends postgresql-common ca-certificates
  fi
  if [ -e "$key.asc" ]; then key=$key.asc; else key=$key.gpg; fi
  [ -e "$key" ] || refuse "its postgresql-common does not bring the key of PGDG ($key)"
  # A cluster of its own would take the memory and the port.
  mkdir -p /etc/postgresql-common
  printf 'create_main_cluster = false\n' >/etc/postgresql-common/createcluster.conf
  printf 'deb [signed-by=%s] %s %s-pgdg main\n' "$key" "$pgdg" "$release" >/etc/apt/sources.list.d/rehearse-pgdg.list
  apt update
  # shellcheck disable=SC2086 # a list of names without blanks
  apt install --no-install-recommends $lacking
  rm -f "$home/apt.log"
fi
[ -x "/usr/lib/postgresql/$major/bin/initdb" ] || refuse "postgresql-$major has brought no /usr/lib/postgresql/$major/bin/initdb"
installed=$(for package in "postgresql-$major" $packages; do dpkg-query -W -f '${Package} ${Version}, ' "$package"; done)
say "it has from PGDG: ${installed%, }."
