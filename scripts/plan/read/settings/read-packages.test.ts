import { expect, test } from 'vitest';
import { FILES, folderWith, HEAD, mistakesIn } from '../../read.fixture.ts';
import { readRehearsal } from '../../read.ts';

const PLAN = 'plan:\n  - { phase: expand, soak: 1s }\n';
const yamlWith = (postgres: string): string => `${HEAD}postgres:\n${postgres}\n${PLAN}`;
/** Of the first line below `postgres`. */
const LINE = HEAD.split('\n').length + 1;

test('packages say which PostgreSQL they are for', async () => {
  const yaml = yamlWith('  packages: [postgresql-17-postgis-3, postgresql-plpython3-17]');
  const cwd = folderWith({ ...FILES, 'r/rehearsal.yaml': yaml });
  const { postgres } = await readRehearsal('r', { cwd, env: {} });
  expect(postgres).toMatchObject({
    version: 17,
    packages: ['postgresql-17-postgis-3', 'postgresql-plpython3-17'],
  });
});

test('every name that is none of a package is told, also what a shell or apt would take for something else', async () => {
  const names = ['postgresql-17; reboot', '$(id)', '-o=Dir::Etc=/x', 'postgresql-17/../x', 'postgis'];
  const yaml = yamlWith(`  packages:\n${names.map((name) => `    - ${JSON.stringify(name)}`).join('\n')}`);
  expect(await mistakesIn(yaml)).toEqual(
    names.map(
      (name, at) =>
        `r/rehearsal.yaml:${LINE + 1 + at} postgres.packages[${at}]: ${name} is not a package of PGDG for one PostgreSQL, such as postgresql-17-postgis-3`,
    ),
  );
});

test('packages for two versions, or beside a folder of programs, are told', async () => {
  const yaml = yamlWith(
    '  version: 16\n  binDir: old\n  packages: [postgresql-16-cron, postgresql-17-postgis-3]',
  );
  expect(await mistakesIn(yaml)).toEqual([
    `r/rehearsal.yaml:${LINE + 2} postgres.packages[1]: postgresql-17-postgis-3 is for another PostgreSQL, and postgres.version is 16`,
    `r/rehearsal.yaml:${LINE + 2} postgres.packages: names packages beside postgres.binDir; leave one of them out`,
  ]);
});
