# Whose things are. Wants: CLAIMS (folder of claims), RUN, ROLE; for claim_part also UID_OF_RUN, OWNER, EXPIRES.
# The kernel's things (namespaces, cgroups, routes) have no room for a claim, so that is a file of root's: one a part of a
# run, only ever appended to, of lines `owner WHO`, `expires SECONDS owned|kept`, and `KIND INODE NAME` for each thing.

CLAIM=$CLAIMS/$RUN.$ROLE
EXISTS=17

claim_head() { printf 'rehearse-claim 1 %s %s %s\nowner %s\nexpires %s owned\n' "$UID_OF_RUN" "$RUN" "$ROLE" "$OWNER" "$EXPIRES"; }

# The first thing of a part: it is there with all that it says, or not at all.
claim_part() {
  mkdir -p "$CLAIMS"
  if [ -L "$CLAIMS" ] || [ ! -O "$CLAIMS" ]; then echo "$CLAIMS is not a folder of ours" >&2; return 1; fi
  claim_head >"$CLAIM.$$"
  if ! ln "$CLAIM.$$" "$CLAIM" 2>/dev/null; then
    rm "$CLAIM.$$"
    echo "$CLAIM exists already" >&2
    exit "$EXISTS"
  fi
  rm "$CLAIM.$$"
}

# claim_thing KIND INODE NAME. An inode of 0 is written before the thing is made: until the true one follows, no more than an
# empty thing of that name may be taken away.
claim_thing() { printf '%s %s %s\n' "$1" "$2" "$3" >>"$CLAIM"; }

# inode_claimed KIND NAME [CLAIM]: the latest inode that was written down for it.
inode_claimed() {
  local kind inode name found=
  while read -r kind inode name; do
    if [ "$kind" = "$1" ] && [ "$name" = "$2" ]; then found=$inode; fi
  done 2>/dev/null <"${3:-$CLAIM}"
  [ -n "$found" ] && printf '%s\n' "$found"
}

# names_claimed KIND: each name once.
names_claimed() {
  local kind name
  if [ ! -f "$CLAIM" ]; then return 0; fi
  while read -r kind _ name; do
    if [ "$kind" = "$1" ]; then printf '%s\n' "$name"; fi
  done <"$CLAIM" | sort -u
}

# The last word on the owner and the expiry.
read_claim() {
  local kind rest
  while read -r kind rest; do
    case $kind in
      owner) owner=$rest ;;
      expires) expires=${rest% *} how=${rest#* } ;;
    esac
  done 2>/dev/null <"$CLAIM"
}
