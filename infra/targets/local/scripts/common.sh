# What every script of a local host shares. Wants: claims.sh, STATE, CG, RUN, ROLE, LINK, MARK.
set -euo pipefail
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
umask 022

DIR=$STATE/$RUN.$ROLE
NETNS=rehearse.$RUN.$ROLE
SWITCH=rehearse.$RUN.network
ROUTE_PROTO=99
ROUTE_METRIC=4000

# The folder of this part, which outlives a boot and so has a claim of its own. It appears with it, under its name.
make_folder() {
  local draft=$DIR.$$
  mkdir -p "$STATE"
  if [ -e "$DIR" ] || [ -L "$DIR" ]; then echo "$DIR exists already, and is not ours" >&2; return 1; fi
  claim_thing folder 0 "$DIR"
  mkdir "$draft"
  { claim_head; printf 'folder %s %s\n' "$(stat -c %i "$draft")" "$DIR"; } >"$draft/claim"
  mv -nT "$draft" "$DIR"
  claim_thing folder "$(stat -c %i "$DIR")" "$DIR"
  printf '%s' "$KEEPER" >"$DIR/keeper"
}

# make_netns NAME: its number is written down before it gets a name that outlives this script.
make_netns() {
  if [ -e "/run/netns/$1" ]; then echo "the namespace $1 exists already, and is not ours" >&2; return 1; fi
  # shellcheck disable=SC2016
  unshare --net bash -ec '
    printf "netns %s %s\n" "$(stat -Lc %i /proc/self/ns/net)" "$1" >>"$2"
    ip netns attach "$1" $$
  ' - "$1" "$CLAIM"
}

# netns_is_ours NAME CLAIM
netns_is_ours() {
  local inode
  inode=$(inode_claimed netns "$1" "$2") && [ "$(stat -Lc %i "/run/netns/$1" 2>/dev/null)" = "$inode" ]
}

# Started so that nothing of the caller holds it: own session, own environment, no open files.
start_keeper() {
  (
    cd /
    exec setsid -f env -i PATH="$PATH" LC_ALL=C bash "$DIR/keeper" rehearse-keeper "$RUN" "$ROLE" "$EXPIRES" "$OWNER" \
      </dev/null >>"$DIR/log" 2>&1 7>&-
  )
}

# start_of PID: in clock ticks since boot; nothing where it does not run.
start_of() {
  local stat
  local -a fields
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  read -ra fields <<<"${stat##*) }"
  case ${fields[0]} in Z | X) return 1 ;; esac
  start=${fields[19]}
}

# Only the very process that wrote itself down.
end_keeper() {
  local pid start
  while read -r pid; do
    if [ "$pid" != $$ ] && start_of "$pid" && [ "$start" = "$(inode_claimed keeper "$pid")" ]; then kill -KILL "$pid" 2>/dev/null || true; fi
  done < <(names_claimed keeper)
}

# Whoever else has entered it keeps it, without a name.
remove_netns() {
  local path=/run/netns/$1
  if netns_is_ours "$1" "$CLAIM"; then
    ip netns del "$1" 2>/dev/null || { umount -l "$path" 2>/dev/null || true; rm -f "$path"; }
  elif [ -n "$(inode_claimed netns "$1")" ] && [ -f "$path" ] && [ ! -L "$path" ] && [ ! -s "$path" ] && [ "$(stat -fc %T "$path")" != nsfs ]; then
    rm "$path" # the empty file that was to become its place
  fi
}

# The folder of this part, or its draft; as it was written down where REHEARSE_STATE_DIR has changed since. Whoever made or
# removed it may have been killed at any point: an empty one of a name that the part's claim wrote down is ours.
remove_folder() {
  local dir claimed
  claimed=$(names_claimed folder | head -n 1)
  for dir in "${claimed:-$DIR}" "${claimed:-$DIR}".[0-9]*; do
    if [ ! -d "$dir" ] || [ -L "$dir" ]; then continue; fi
    if [ -n "$claimed" ] && rmdir "$dir" 2>/dev/null; then continue; fi
    if is_draft "$dir"; then rm "$dir/claim" && rmdir "$dir"; elif [ -e "$dir/claim" ]; then remove_claimed "$dir"; fi
  done
}

# is_draft FOLDER: it holds nothing but the beginning of our claim, which may not say yet whose inode it is about.
is_draft() {
  local claim=$1/claim
  [ "$(ls -A "$1")" = claim ] && [ -f "$claim" ] && [ ! -L "$claim" ] && [ -O "$claim" ] || return 1
  ! grep -q '^folder ' "$claim" && { [ ! -s "$claim" ] || head -n 1 "$claim" | grep -qx "rehearse-claim 1 [0-9]* $RUN $ROLE"; }
}

# From inside the folder, so that no name can lead elsewhere; it must be the one that its claim is about. find follows no links.
remove_claimed() {
  local dir=$1 inode path
  (
    cd -P -- "$dir"
    inode=$(stat -c %i .)
    if [ ! -f claim ] || [ -L claim ] || [ ! -O claim ] || ! grep -qx "rehearse-claim 1 [0-9]* $RUN $ROLE" claim ||
      ! grep -q "^folder $inode " claim; then
      echo "$dir is not ours" >&2
      exit 1
    fi
    while read -r _ _ _ _ path _; do
      path=$(printf '%b' "${path//\\/\\0}")
      case $path in "$dir"/*) echo "something is mounted on $path: unmount it first" >&2; exit 1 ;; esac
    done </proc/self/mountinfo
    find . -xdev -mindepth 1 ! -path ./claim -delete
    rm claim
    rmdir "$dir"
  )
}

# The claim goes last; with it the folders that only hold claims and parts, once they are empty.
unclaim() {
  rm -f "$CLAIM" "$CLAIM".[0-9]*
  rmdir "$CLAIMS" 2>/dev/null || true
  if [ "$STATE" = /var/lib/dress-rehearsal ]; then rmdir "$STATE" 2>/dev/null || true; fi
  # `ip netns` made this mount. It is busy, and stays, as long as anybody has a namespace in it.
  if [ -d /run/netns ] && [ -z "$(ls -A /run/netns)" ]; then umount /run/netns 2>/dev/null && rmdir /run/netns 2>/dev/null; fi || true
}

# Reap, its own keeper, and what a killed run had begun may remove the same part at once: one after another, each finding less.
one_remover() {
  if [ ! -f "$CLAIM" ]; then return 0; fi
  exec 8<"$CLAIM"
  flock -w 100 8 || { echo "another process has been removing it for 100 s" >&2; return 1; }
}

remove_host() {
  one_remover
  end_keeper
  cgroups_down
  # At once; the kernel takes the interfaces of a dead namespace away only some time later.
  if netns_is_ours "$SWITCH" "$CLAIMS/$RUN.network"; then ip -n "$SWITCH" link del dev "$ROLE" 2>/dev/null || true; fi
  remove_netns "$NETNS"
  remove_folder
  unclaim
}

remove_network() {
  local subnet alias=
  one_remover
  end_keeper
  while read -r subnet; do
    if [ -n "$(inode_claimed route "$subnet")" ]; then
      ip route del unreachable "$subnet" proto "$ROUTE_PROTO" metric "$ROUTE_METRIC" 2>/dev/null || true
    fi
  done < <(own_routes)
  read -r alias 2>/dev/null <"/sys/class/net/$LINK/ifalias" || true
  case $alias in "rehearse $RUN "*) ip link del dev "$LINK" 2>/dev/null || true ;; esac
  remove_netns "$SWITCH"
  remove_folder
  unclaim
}

# An unreachable route has no use for a TCP window, so it can carry the run's mark there.
own_routes() {
  ip -4 route show proto "$ROUTE_PROTO" type unreachable |
    awk -v mark="$MARK" '{ for (i = 1; i < NF; i++) if ($i == "window" && $(i + 1) == mark) print $2 }'
}
