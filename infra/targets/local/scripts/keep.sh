# All of a run lives until EXPIRES, whether or not its owner does.
for file in "$STATE/$RUN"/*/expires; do
  if [ ! -e "$file" ]; then echo "nothing of run $RUN is here" >&2; exit 1; fi
  put "$EXPIRES kept" "$file.new"
  mv "$file.new" "$file"
done
ip link set dev "$LINK" alias "$ALIAS" 2>/dev/null || true
