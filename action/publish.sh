#!/usr/bin/env bash
# Tells the run where it is reviewed. What goes wrong here is said and changes no verdict.
set -uo pipefail
places=(step-summary annotations sarif)
[[ "$INPUT_COMMENT" == true && "${GITHUB_EVENT_NAME:-}" == pull_request* ]] && places=(github-pr "${places[@]}")
link=()
[[ -n "${REPORT_URL:-}" ]] && link=(--report-url "$REPORT_URL")
node "$GITHUB_ACTION_PATH/scripts/setup/rehearse.mjs" publish "$RUN_PATH" --dir "$INPUT_DIR" --to "${places[@]}" "${link[@]}" ||
  echo "::warning::the run could not be published; its results are in the artifact"
