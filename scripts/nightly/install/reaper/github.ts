import { join } from 'node:path';
import { inRepository } from '../in-repository.ts';
import type { Install } from '../installation.ts';
import { TOKENS } from './tokens.ts';

/** GitHub's schedules come late, are dropped under load and stop after 60 quiet days: a second line behind a timer of one's own. */
export const github: Install = (starter) => {
  const { repository, command, install } = starter;
  const { folder } = inRepository(starter);
  const at =
    folder === '.' ? '' : `    defaults: { run: { working-directory: ${JSON.stringify(folder)} } }\n`;
  const secrets = TOKENS.map((name) => `          ${name}: \${{ secrets.${name} }}\n`).join('');
  return {
    files: [
      {
        path: join(repository, '.github', 'workflows', 'rehearse-reap.yml'),
        text: `name: rehearse-reap
on:
  schedule: [{ cron: '47 * * * *' }]
  workflow_dispatch:
permissions: { contents: read }
concurrency: { group: rehearse-reap, cancel-in-progress: false }
jobs:
  reap:
    runs-on: ubuntu-latest
    timeout-minutes: 30
${at}    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with: { node-version: 22 }
      - run: ${install}
      - run: ${command} reap --execute # what expired, or is switched off; hosts in use elsewhere stay
        env:
${secrets}`,
      },
    ],
    then: [
      `set the secrets of the repository that you have: ${TOKENS.join(', ')}`,
      'commit it to the default branch: schedules run nowhere else, and stop after 60 days without a commit',
      'keep a timer of your own besides (rehearse reap --install systemd): these schedules may come hours late',
    ],
  };
};
