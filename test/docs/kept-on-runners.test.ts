import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { OWN_ROOT } from '../../scripts/shared/places/own-files.mjs';

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}

async function yaml<T>(name: string): Promise<T> {
  return parse(await readFile(`${OWN_ROOT}/${name}`, 'utf8')) as T;
}

test('what is kept of a run on a runner holds no values of rows: neither restored snapshots nor what tools printed', async () => {
  const { runs } = await yaml<{ runs: { steps: Step[] } }>('action.yml');
  const paths = runs.steps.flatMap((step) => step.with?.['path']?.trim().split('\n') ?? []);
  expect(paths).toEqual([
    '~/.cache/dress-rehearsal/engine',
    '~/.cache/dress-rehearsal/software',
    '${{ github.action_path }}/node_modules',
    'runs/history.ndjson',
    'runs/history.ndjson',
    '${{ steps.rehearse.outputs.path }}',
    '!${{ steps.rehearse.outputs.path }}/private/**',
  ]);
  const template = await yaml<Record<string, unknown>>('ci-templates/gitlab.yml');
  expect(template['.rehearse']).toMatchObject({
    artifacts: { paths: ['runs'], exclude: ['runs/*/private/**/*'] },
    cache: { paths: ['runs/history.ndjson'], when: 'always' },
  });
});
