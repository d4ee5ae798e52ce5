import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { missingProgram, unseenByHost } from './unseen.ts';

let project = '';
let dir = '';

beforeAll(async () => {
  // Not below /tmp, which is no part of any project.
  project = await realpath(await mkdtemp(join(homedir(), '.rehearse-unseen-')));
  dir = join(project, 'rehearsals', 'add-column');
  await mkdir(join(dir, 'db'), { recursive: true });
  await mkdir(join(project, 'node_modules'));
  await writeFile(join(project, 'go.mod'), 'module x\n');
  for (const file of [join(project, 'up.sh'), join(dir, 'own.sh')]) {
    await writeFile(file, '#!/bin/sh\n');
    await chmod(file, 0o755);
  }
  await writeFile(join(dir, 'plain.sh'), '#!/bin/sh\n');
});

afterAll(() => rm(project, { recursive: true }));

test.each<[string, string | undefined]>([
  ['sh own.sh && ./gone.sh; no-such-tool-4711', undefined],
  ['./plain.sh', './plain.sh is not executable'],
  ['./gone.sh', 'there is no program ./gone.sh'],
  ['cd db && ../gone.sh', 'there is no program ../gone.sh'],
  ['cd db && ../own.sh', undefined],
  ['cd later && ./gone.sh', undefined],
  ['no-such-tool-4711 up', 'there is no program no-such-tool-4711 on PATH'],
])('a program that is not there is told: %s', async (command, missing) => {
  expect(await missingProgram(command, dir)).toEqual(missing);
});

test('a host does not see what lies around the rehearsal', async () => {
  const told = async (command: string): Promise<string[]> =>
    (await unseenByHost(command, dir)).map((sentence) => sentence.replaceAll(project, '…'));
  expect(await told('../../up.sh')).toEqual(['../../up.sh is …/up.sh']);
  expect(await told('npx prisma migrate deploy')).toEqual(['npx works with …/node_modules']);
  expect(await told('cd db && npx prisma migrate deploy')).toEqual(['npx works with …/node_modules']);
  expect(await told('cd ../.. && ./up.sh')).toEqual(['it runs in ../..', './up.sh is …/up.sh']);
  expect(await told('cd db && sh ../../../up.sh')).toEqual(['it names ../../../up.sh']);
  expect(await told('cd db && cd "$X"; ../up.sh')).toEqual([]);
  expect(await told('go run ./cmd/migrate')).toEqual(['go works with …/go.mod']);
  expect(await told('sh -e ./own.sh --dir=../../node_modules')).toEqual(['it names ../../node_modules']);
});

test.each([
  './own.sh',
  'cd db && ../own.sh',
  'sh own.sh > /tmp/log',
  'cat /etc/passwd db/x',
  'poetry run alembic upgrade head',
])('it sees its software and the folder: %s', async (command) => {
  expect(await unseenByHost(command, dir)).toEqual([]);
});
