#!/usr/bin/env bash
# Rehearses, and leaves what came of it in the step's outputs. Its own exit code is 0: what came of it is published first.
set -uo pipefail
rehearse=(node "$GITHUB_ACTION_PATH/scripts/setup/rehearse.mjs")
result=$(mktemp)
"${rehearse[@]}" run "$INPUT_DIR" --target "$INPUT_TARGET" --out runs --json ${INPUT_SINCE:+--since "$INPUT_SINCE"} >"$result"
code=$?
field() { node -e 'try { console.log(JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))[process.argv[2]] ?? "") } catch { console.log("") }' "$result" "$1"; }
run_id=$(field runId)
# A value of ours has one line: ids and verdicts.
{
  echo "exit-code=$code"
  echo "verdict=$(field verdict)"
  echo "run-id=$run_id"
  echo "path=${run_id:+runs/$run_id}"
} >>"$GITHUB_OUTPUT"
rm -f "$result"
