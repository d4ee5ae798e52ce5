import { expect, test } from 'vitest';
import { readRehearsal } from '../plan/read.ts';
import { tinyRehearsal } from '../../test/support/tiny-rehearsal.ts';
import { whyNotHere } from './not-here.ts';

test('a program and a PostgreSQL that are not here are told at once', async () => {
  const tiny = await tinyRehearsal(
    '  - { phase: expand, name: migrate, command: no-such-program up }',
    {},
    `version: 1
name: tiny
snapshot: { generator: generate.sql }
postgres: { version: 12 }
load: { rate: 100/s, connections: 8, versions: { old: workload/old, new: workload/new } }
`,
  );
  try {
    const rehearsal = await readRehearsal(tiny.dir, { cwd: tiny.dir, env: {} });
    expect(await whyNotHere(rehearsal)).toEqual([
      'step migrate: there is no program no-such-program on PATH',
      expect.stringMatching(/^PostgreSQL 12 was not found/),
    ]);
  } finally {
    await tiny.remove();
  }
});
