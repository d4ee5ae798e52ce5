import { expect, test } from 'vitest';
import { mistakeLine, InputError } from '../../../shared/errors.ts';
import { FILES, folderWith } from '../../read.fixture.ts';
import { readRehearsal } from '../../read.ts';

const OWN = `version: 1
name: demo
snapshot: { generator: gen.sql }
load: { rate: 400/s, versions: { old: old } }
budgets: { errors: 3 }
plan:
  - { phase: expand, sql: sql/1-expand.sql }
`;
const IN_FOLDER = Object.fromEntries(
  Object.entries(FILES).map(([name, text]) => [`rehearsals/${name}`, text]),
);

async function read(settings: string, own = OWN) {
  const cwd = folderWith({
    ...IN_FOLDER,
    'rehearsals/r/rehearsal.yaml': own,
    'rehearsals/settings.yaml': settings,
  });
  return readRehearsal('r', { cwd, env: { MEMORY: '1GB' } });
}

test('the settings beside the rehearsals count as long as a rehearsal says nothing else', async () => {
  const { postgres, load, budgets, planRole, nightly, files, environment } = await read(`
postgres: { version: 16, binDir: pg, settings: { shared_buffers: "\${MEMORY}" } }
load: { rate: 1/s, connections: 7 }
budgets: { lockWait: 2s, errors: 0 }
planRole: owner
nightly: true
`);
  expect(postgres).toMatchObject({ version: 16, settings: [{ name: 'shared_buffers', value: '1GB' }] });
  expect(postgres.binDir).toMatch(/\/rehearsals\/pg$/);
  expect([load.ratePerSec, load.connections]).toEqual([400, 7]);
  expect([budgets, planRole, nightly]).toEqual([{ lockWaitMs: 2000, errors: 3 }, 'owner', true]);
  expect(files).toContain('../settings.yaml');
  expect(environment).toEqual({ MEMORY: '1GB' });
});

test('every mistake of the settings is told with its line, beside those of the rehearsal', async () => {
  const settings =
    'load: { rate: fast, versions: { a: b } }\nbudgts: {}\nplan: []\ntargets: { nowhere: {} }\n';
  const told = await read(settings, OWN.replace('errors: 3', 'errors: many')).catch(
    (error: unknown) => error,
  );
  expect(told instanceof InputError ? told.mistakes.map(mistakeLine) : told).toEqual([
    'rehearsals/settings.yaml:1 load.rate: fast is not a rate; write 400/s',
    'rehearsals/settings.yaml:1 load.versions: is of one rehearsal; write it in its rehearsal.yaml',
    'rehearsals/settings.yaml:2 budgts: unknown key; did you mean budgets?',
    'rehearsals/settings.yaml:3 plan: is of one rehearsal; write it in its rehearsal.yaml',
    expect.stringMatching(/^rehearsals\/settings.yaml:4 targets.nowhere: unknown key/),
    expect.stringMatching(/^rehearsals\/r\/rehearsal.yaml:5 budgets.errors: many is not a number of errors/),
  ]);
});
