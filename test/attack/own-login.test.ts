import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resultSchema, type Result } from '../../scripts/checks/result/contract/result.ts';
import { listRuns } from '../../scripts/history/list-runs.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { tinyRehearsal } from '../support/tiny-rehearsal.ts';

const PLAN = `  - { phase: expand, name: take, sql: take.sql }
  - { phase: expand, name: add, sql: add.sql }`;

/** Plays a plan whose first step takes something from the role that it connects as. */
async function playTaking(
  what: string,
  ...args: string[]
): Promise<{ code: unknown; said: string; result: Result }> {
  const tiny = await tinyRehearsal(PLAN, {
    'take.sql': `alter role postgres ${what};`,
    'add.sql': 'alter table customers add column note int;',
  });
  try {
    const { code, stdout, stderr } = await rehearse(['run', '.', ...args], { cwd: tiny.dir, tmp: tiny.tmp });
    const { runs } = await listRuns(join(tiny.dir, 'runs'));
    const text = await readFile(join(runs[0]?.path ?? '', 'result.json'), 'utf8').catch(() => '{}');
    return { code, said: stderr + stdout, result: resultSchema.parse(JSON.parse(text)) };
  } finally {
    await tiny.remove();
  }
}

it('a plan that takes the password from its own role is not let in with the next step, which fails', async () => {
  const { code, said, result } = await playTaking("password 'other'");
  expect(code, said).toBe(4);
  expect(result.steps.map(({ name, status, error }) => [name, status, error?.sqlstate])).toEqual([
    ['take', 'ok', undefined],
    ['add', 'failed', '28P01'],
  ]);
});

it('each playing begins with the role as it was', async () => {
  const { code, said, result } = await playTaking('nologin', '--repeat', '2');
  expect(code, said).toBe(4);
  expect(result.steps.map(({ error }) => error?.sqlstate)).toEqual([undefined, '28000']);
  expect(result.playings?.played.map(({ verdict }) => verdict)).toEqual(['fail', 'fail']);
});
