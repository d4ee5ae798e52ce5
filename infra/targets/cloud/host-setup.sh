
# Makes a rented host ready: software out of the archive that was sent, and an end at the expiry; firewall.sh comes after it.
# Reads: run engine postgres expires life, and home archive of the software. Safe to run again.
say() { printf 'note: %s\n' "$1"; }

# The first boot's own work may hold the package lock, or write the keys anew.
if command -v cloud-init >/dev/null 2>&1; then timeout 180 cloud-init status --wait >/dev/null 2>&1 || :; fi
if [ -d /run/systemd/system ]; then
  systemctl stop apt-daily.timer apt-daily-upgrade.timer unattended-upgrades.service >/dev/null 2>&1 || :
fi

# At the expiry the data goes and the host is switched off, whoever looks after it; no token is needed for that.
ender=$home/end-at-expiry.sh
mkdir -p "$home"
cat >"$ender" <<'END'
#!/bin/sh
# end-at-expiry.sh <seconds from now> <folder…>: what lies in the folders goes then, and the host is switched off.
read -r up _ </proc/uptime
end=$((${up%%.*} + $1))
shift
while [ "${up%%.*}" -lt "$end" ]; do
  sleep 5
  read -r up _ </proc/uptime
done
for file in "$2"/*/data/postmaster.pid; do
  pid=$(head -n 1 "$file" 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null || :
done
sleep 1
rm -rf --one-file-system "$@"
if [ -d /run/systemd/system ]; then systemctl poweroff; else poweroff -f 2>/dev/null || kill -TERM 1; fi
END
chmod 700 "$ender"
if [ ! -e "$home/ends" ]; then
  # Hosts are made ready within minutes of their order. A clock that tells otherwise is wrong, and may yet be set: time is counted instead.
  left=$((expires - $(date +%s)))
  if [ "$left" -gt "$life" ] || [ "$left" -lt "$((life - 1800))" ]; then
    say "its clock is wrong by some $(((left > life ? left - life : life - left) / 60)) min; its end at the expiry is counted without it."
    left=$life
  fi
  if [ -d /run/systemd/system ]; then
    systemd-run --quiet --unit=rehearse-expiry "$ender" "$left" "$engine" "$postgres"
  else
    setsid "$ender" "$left" "$engine" "$postgres" </dev/null >/dev/null 2>&1 &
  fi
  : >"$home/ends"
fi

if [ -e "$archive" ]; then
  tar -xzf "$archive" -C "$home" --no-same-owner
  if [ -e "$home/native" ]; then
    rm -rf "$home/postgres"
    mv "$home/native" "$home/postgres"
  fi
  chmod 755 "$home"
  rm -f "$archive"
fi
