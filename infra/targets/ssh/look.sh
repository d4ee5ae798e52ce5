# Tells what a host is and what runs on it, a line a fact; changes nothing. Reads: base bin_dir node look_s.
set -u
export LC_ALL=C

# Name, then tab and the value: values may hold blanks.
say() { printf '%s\t%s\n' "$1" "$2"; }

say name "$(uname -n)"
say system "$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release 2>/dev/null | head -n 1)"
say cpus "$(nproc 2>/dev/null || echo 1)"
say cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
say memory_kb "$(sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo)"
say available_kb "$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)"
say load "$(cut -d' ' -f1-3 /proc/loadavg)"
say boot "$(cat /proc/sys/kernel/random/boot_id)"
say useradd "$(command -v useradd || PATH=$PATH:/usr/sbin:/sbin command -v useradd || :)"

# The nearest folder that is there, and what is free in it.
near=$base
while [ ! -d "$near" ]; do near=$(dirname "$near"); done
say free_kb "$(df -Pk "$near" | tail -n 1 | awk '{ print $4 }')"

for program in "$node" "$(command -v node || :)" /usr/local/bin/node /usr/bin/node; do
  [ -n "$program" ] && [ -x "$program" ] || continue
  say node "$program $("$program" --version 2>/dev/null)"
  break
done
for dir in "$bin_dir" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin /opt/homebrew/bin /usr/bin; do
  if [ -n "$bin_dir" ] && [ "$dir" != "$bin_dir" ]; then continue; fi
  if [ ! -x "$dir/initdb" ] || [ ! -x "$dir/postgres" ]; then continue; fi
  statistics=no
  for lib in "$dir/../lib" "$dir/../lib/postgresql" /usr/lib/postgresql; do
    [ ! -e "$lib/pg_stat_statements.so" ] || statistics=yes
  done
  say postgres "$statistics $dir $("$dir/postgres" --version 2>/dev/null)"
done

# Packages of Debian's for PostgreSQL.
say packages "$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 'postgresql-*' 2>/dev/null | sed -n 's/^installed //p' | tr '\n' ' ')"

# What listens, as hex ports.
say ports "$(awk 'FNR > 1 && $4 == "0A" { n = split($2, part, ":"); print part[n] }' /proc/net/tcp /proc/net/tcp6 2>/dev/null | sort -u | tr '\n' ' ')"

# Where a server works; not every root may see that, but everybody may see what it was started with.
data_of() {
  readlink "/proc/$1/cwd" 2>/dev/null || tr '\000' '\n' <"/proc/$1/cmdline" | sed -n '/^-D$/{n;p;}'
}

# The main processes of PostgreSQL servers that are not ours.
servers=
for process in /proc/[0-9]*; do
  pid=${process#/proc/}
  case $(cat "$process/comm" 2>/dev/null) in postgres | postmaster) ;; *) continue ;; esac
  parent=$(sed -n 's/^PPid:[^0-9]*//p' "$process/status" 2>/dev/null)
  case $(cat "/proc/$parent/comm" 2>/dev/null) in postgres | postmaster) continue ;; esac
  case $(data_of "$pid") in "$base"/*) continue ;; esac
  servers="$servers $pid"
done

# Hundredths of a second that a server and all its processes have taken, with those that have ended.
ticks_of() {
  cat "/proc/$1/stat" $(grep -l "^PPid:[^0-9]*$1\$" /proc/[0-9]*/status 2>/dev/null | sed 's/status$/stat/') 2>/dev/null |
    sed 's/^\([0-9]*\) (.*) /\1 x /' | awk -v main="$1" '{ sum += $14 + $15; if ($1 == main) sum += $16 + $17 } END { print sum + 0 }'
}
# Backends of clients are titled by the address that they come from.
clients_of() {
  for status in $(grep -l "^PPid:[^0-9]*$1\$" /proc/[0-9]*/status 2>/dev/null); do
    tr '\000' ' ' <"${status%status}cmdline" 2>/dev/null | grep -E '^postgres: .*([0-9a-f]\([0-9]+\)|\[local\])' | grep -v walsender
  done | wc -l
}
if [ -n "$servers" ]; then
  before=
  for pid in $servers; do before="$before $(ticks_of "$pid")"; done
  sleep "$look_s"
  for pid in $servers; do
    first=${before# }
    first=${first%% *}
    before=${before# }
    before=" ${before#* }"
    data=$(data_of "$pid")
    port=$(sed -n 4p "$data/postmaster.pid" 2>/dev/null)
    say server "$pid ${port:-0} $(clients_of "$pid") $(($(ticks_of "$pid") - first)) $data"
  done
fi
