import { afterEach, describe, expect, it } from 'vitest';
import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

let tiny: TinyRehearsal | undefined;
afterEach(async () => {
  await tiny?.remove();
});

const PLAN = '  - { phase: expand, sql: sql/step.sql }';
const STEP = 'alter table customers add column full_name text;';
const fails = (share: string): string =>
  `-- rehearse: weight=5
  do $$ begin if random() < ${share} then raise exception 'stale' using errcode = 'P0002'; end if; end $$;`;

async function run(share: string): Promise<{ code: unknown; stderr: string; stdout: string }> {
  tiny = await tinyRehearsal(PLAN, { 'sql/step.sql': STEP, 'workload/old/save.sql': fails(share) });
  return rehearse(['run', '.', '--json'], { cwd: tiny.dir, tmp: tiny.tmp });
}

describe('an app that fails by itself', () => {
  it('now and then is rehearsed, with its rate as the yardstick', async () => {
    const result = JSON.parse((await run('0.3')).stdout) as Result;
    // A busy machine may find other things, such as that the load fell behind.
    const found = result.findings.filter(({ check }) => ['errors', 'compatibility'].includes(check));
    expect([result.outcome, found]).toEqual(['completed', []]);
    expect(result.ownErrors?.map(({ script, sqlstate }) => [script, sqlstate])).toEqual([['save', 'P0002']]);
    expect(result.limits.filter((limit) => limit.includes('with P0002'))).toHaveLength(1);
  });

  it('each time is refused with the script, its code and how often', async () => {
    const { code, stderr } = await run('2');
    expect(code).toBe(2);
    expect(stderr).toMatch(/BASELINE_UNHEALTHY[^]*old\/save: \d+ with P0002/);
  });
});
