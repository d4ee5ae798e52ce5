import { expect, test } from 'vitest';
import { redact } from '../shared/text/redact.ts';
import { HEAD, mistakesIn, readYaml } from './read.fixture.ts';

const FROM_ENVIRONMENT = `${HEAD.replace('400/s', '"${RATE}"')}plan:
  - { phase: expand, command: "deploy --key=\${KEY} \$\${KEY}", retries: "\${RETRIES}" }
`;

test('${NAME} comes from the environment, then the .env of the rehearsal, then the .env of the caller', async () => {
  const dotenv = {
    'r/.env': 'RATE=30/min\nKEY=near-secret',
    '.env': 'RATE=1/s\nKEY=far\nRETRIES=4\nUNUSED=x',
  };
  const { load, plan, environment, files } = await readYaml(FROM_ENVIRONMENT, dotenv, { KEY: 'top-secret' });
  expect(load.ratePerSec).toBe(0.5);
  expect(plan[0]).toMatchObject({ command: 'deploy --key=${KEY} ${KEY}', retries: 4 });
  expect(environment).toEqual({ RATE: '30/min', KEY: 'top-secret', RETRIES: '4' });
  expect(files).not.toContain('.env');
  expect(redact('the key is top-secret')).toBe('the key is ***');
  expect(process.env['RETRIES']).toBeUndefined();
});

test.each([
  ['DATABASE_URL', 'x'],
  ['PGHOST', 'x'],
  ['PGSERVICE', 'x'],
  ['APP_DB_PASSWORD', 'x'],
  ['SPRING_DATASOURCE_URL', 'x'],
  ['MONEY', 'postgres://u:p@prod/d'],
  ['MONEY', 'host=prod dbname=d'],
])('${%s} with the value %s leads to another database, and is refused', async (name, value) => {
  const yaml = `${HEAD}plan:\n  - { phase: expand, command: "psql '\${${name}}'" }\n`;
  const [mistake, ...others] = await mistakesIn(yaml, { 'r/.env': `${name}=${value}` });
  expect(others).toEqual([]);
  expect(mistake).toMatch(/^r\/rehearsal\.yaml:7 plan\[0\]\.command: .*: the rehearsal sets it$/);
  expect(mistake).not.toContain('prod');
});

test('an alias cannot carry a value into a command', async () => {
  const yaml = `${HEAD}plan:\n  - { phase: expand, name: &n "do \${KEY}", command: *n }\n`;
  expect(await mistakesIn(yaml, { 'r/.env': 'KEY=abcdef' })).toEqual([
    'r/rehearsal.yaml:7 command: an alias brings a value into the command; write the command out here',
  ]);
});

test('a name that is set nowhere is one mistake, with its line', async () => {
  expect(await mistakesIn(FROM_ENVIRONMENT, { '.env': 'RATE=1/s\nKEY=k' })).toEqual([
    'r/rehearsal.yaml:7 plan[0].retries: ${RETRIES} is not set; put RETRIES=… into .env or set it in the environment',
  ]);
  const block = `${HEAD}plan:\n  - phase: expand\n    command: |\n      one\n      two \${TWO}\n      \${not a name}\n`;
  expect(await mistakesIn(block)).toEqual([
    'r/rehearsal.yaml:10 plan[0].command: ${TWO} is not set; put TWO=… into .env or set it in the environment',
    'r/rehearsal.yaml:11 plan[0].command: ${not a name} is not a name of the environment; write ${NAME}, or $${ for the characters',
  ]);
});

test('no message shows a value that came from outside', async () => {
  const yaml = `version: "\${SECRET}"
name: "\${SECRET}"
snapshot: { source: "\${SECRET}", takenAt: "\${SECRET}" }
postgres: { version: "\${SECRET}", standby: "\${SECRET}", settings: { port: "\${SECRET}" } }
hosts: { primary: { cpu: "\${SECRET}", memory: "\${SECRET}" } }
load: { rate: "\${SECRET}", connections: "\${SECRET}", versions: { old: "\${SECRET}", new: new } }
budgets: { p99: "\${SECRET}", blockedSeconds: "\${SECRET}" }
plan:
  - { phase: "\${SECRET}", sql: "\${SECRET}", transaction: "\${SECRET}", pointOfNoReturn: "\${SECRET}" }
  - { phase: deploy, deploy: { to: "\${SECRET}", strategy: "\${SECRET}" } }
  - { phase: backfill, backfill: { table: "\${SECRET}", key: "\${SECRET}", set: "\${SECRET}", where: "\${SECRET}" } }
  - { phase: deploy, deploy: { to: "\${SECRET}" } }
  - { phase: expand, soak: "\${SECRET}", name: "\${SECRET}" }
  - { phase: expand, soak: 1s, name: "\${SECRET}", rollback: "\${SECRET}" }
  - "\${SECRET}"
`;
  const mistakes = await mistakesIn(yaml, {}, { SECRET: "hunter2 'x" });
  expect(mistakes.length).toBeGreaterThan(25);
  expect(mistakes.join('\n')).not.toContain('hunter2');
});
