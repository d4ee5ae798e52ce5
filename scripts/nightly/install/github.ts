import { join } from 'node:path';
import { inRepository } from './in-repository.ts';
import type { Install } from './installation.ts';

/**
 * History comes from the cache of the night before, and is saved also by a night that fails, as `actions/cache` alone would not. The
 * results are kept before the exit code counts, without what may hold values of rows.
 */
export const github: Install = (starter) => {
  const { repository, command, install } = starter;
  const { folder, runs } = inRepository(starter);
  const at =
    folder === '.' ? '' : `    defaults: { run: { working-directory: ${JSON.stringify(folder)} } }\n`;
  return {
    files: [
      {
        path: join(repository, '.github', 'workflows', 'rehearse-nightly.yml'),
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
${at}    steps:
      - uses: actions/checkout@v5
        with: { fetch-depth: 0 } # for plans that say since: origin/main
      - uses: actions/setup-node@v5
        with: { node-version: 22 }
      - run: ${install}
      - uses: actions/cache/restore@v5
        with:
          path: ${runs}/history.ndjson
          key: rehearse-history-\${{ github.run_id }}-\${{ github.run_attempt }}
          restore-keys: rehearse-history-
      - run: ${command} nightly --deadline 5h
        env:
          REHEARSE_WEBHOOK: \${{ secrets.REHEARSE_WEBHOOK }} # told what changed, where it is set
      - if: always()
        run: test ! -f ${starter.runs}/night.md || cat ${starter.runs}/night.md >> "$GITHUB_STEP_SUMMARY"
      - if: always()
        uses: actions/cache/save@v5
        with:
          path: ${runs}/history.ndjson
          key: rehearse-history-\${{ github.run_id }}-\${{ github.run_attempt }}
      - if: always()
        uses: actions/upload-artifact@v5
        with:
          name: rehearsals
          path: |
            ${runs}
            !${runs}/*/private/**
          include-hidden-files: true
          retention-days: 90
`,
      },
    ],
    then: ['commit it to the default branch: schedules run nowhere else'],
  };
};
