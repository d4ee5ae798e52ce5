# Tells every claim below the folder of all runs, a line each: the place of the run, a tab, the claim. Reads: base. Changes nothing.
set -u
for place in "$base"/*; do
  [ -d "$place" ] && [ ! -L "$place" ] || continue
  claim=
  for file in "$place"/*/rehearse-claim; do
    [ -f "$file" ] && [ ! -L "$file" ] && [ "$(stat -c %u "$file")" = 0 ] || continue
    claim=$(sed -n 2p "$file" | cut -c1-4000)
  done
  printf '%s\t%s\n' "$place" "$claim"
done
