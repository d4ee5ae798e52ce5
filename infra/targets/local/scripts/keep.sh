# All of a run lives until EXPIRES, whether or not its owner does; or, with HOW=owned, until OWNER has been dead for a while.
found=
for file in "$CLAIMS/$RUN".* "$STATE/$RUN".*/claim; do
  if [ ! -f "$file" ] || [ -L "$file" ] || ! grep -q "^rehearse-claim 1 $UID_OF_RUN $RUN [a-z0-9-]*$" "$file"; then continue; fi
  printf 'owner %s\nexpires %s %s\n' "$OWNER" "$EXPIRES" "$HOW" >>"$file"
  found=1
done
if [ -z "$found" ]; then echo "nothing of run $RUN is here" >&2; exit 1; fi
read -r alias 2>/dev/null <"/sys/class/net/$LINK/ifalias" || alias=
case $alias in "rehearse $RUN "*) ip link set dev "$LINK" alias "$ALIAS" ;; esac
