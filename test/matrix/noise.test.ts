import { spawn, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resultSchema } from '../../scripts/checks/result/contract/result.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

/* A whole run beside programs that take all processors. */

/** The step is over its budget on any machine; whose doing that is, only the noise tells. */
const HEAD = `version: 1
name: noisy
snapshot: { generator: generate.sql }
load: { rate: 10/s, connections: 4, warmup: 2s, cooldown: 500ms, versions: { old: workload/old } }
budgets: { lockWait: 60s, stepDuration: 100ms }
`;
const COUNT = 'select count(*) from generate_series(1, 3000000)';

let folder: TinyRehearsal;
let hogs: ChildProcess[] = [];
beforeAll(async () => {
  folder = await tinyRehearsal(
    '  - { name: count, phase: expand, sql: count.sql }',
    { 'count.sql': COUNT },
    HEAD,
  );
  hogs = Array.from({ length: 3 * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
});
afterAll(async () => {
  for (const hog of hogs) hog.kill('SIGKILL');
  await folder.remove();
});

test.runIf(process.platform === 'linux')(
  'a step that takes too long while others have the machine is inconclusive, with their share',
  async () => {
    const { stdout, stderr } = await rehearse(['run', '.', '--json'], { cwd: folder.dir, tmp: folder.tmp });
    if (stdout === '') throw new Error(stderr);
    const { verdict, findings, limits, timeline } = resultSchema.parse(JSON.parse(stdout));
    const told = findings.find(({ check }) => check === 'stepDuration');
    expect([verdict, told?.status]).toEqual(['inconclusive', 'inconclusive']);
    expect(told?.message).toMatch(
      /Meanwhile other processes took \d+ % .*of the processor time of driver and primary/,
    );
    expect(limits.join('\n')).toContain("The machine was not the rehearsal's own");
    expect(timeline.noise?.length).toBeGreaterThan(0);
  },
);
