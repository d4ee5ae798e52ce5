import { join } from 'node:path';
import type { Install } from './installation.ts';

/** History comes from the cache of the night before; the run's results are kept before its exit code counts. */
export const github: Install = ({ dir, command }) => ({
  files: [
    {
      path: join(dir, '.github', 'workflows', 'rehearse-nightly.yml'),
      text: `name: rehearse-nightly
on:
  schedule: [{ cron: '17 2 * * *' }]
  workflow_dispatch:
permissions: { contents: read }
concurrency: { group: rehearse-nightly, cancel-in-progress: false }
jobs:
  nightly:
    runs-on: ubuntu-latest
    timeout-minutes: 350
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with: { node-version: 22 }
      - run: npm ci
      - uses: actions/cache@v5
        with:
          path: runs/history.ndjson
          key: rehearse-history-\${{ github.run_id }}
          restore-keys: rehearse-history-
      - id: night
        run: ${command} nightly --deadline 5h
      - if: always()
        run: cat runs/night.md >> "$GITHUB_STEP_SUMMARY"
      - if: always()
        uses: actions/upload-artifact@v5
        with: { name: rehearsals, path: runs, retention-days: 90 }
`,
    },
  ],
  then: ['commit it to the default branch: schedules run nowhere else'],
});
