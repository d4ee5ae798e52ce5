import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { netnsOf } from '../../infra/targets/local/parts/part-names.ts';
import { sleep } from '../../scripts/shared/clock.ts';
import { canRunLocally, startLocal, tracesOf } from '../e2e/local-fixture.ts';
import { tinyRehearsal } from '../support/tiny-rehearsal.ts';
import { send } from './faults/processes.ts';

const CUT_MS = 3_000;
const HEAD = `version: 1
name: tiny
snapshot: { generator: generate.sql }
postgres: { standby: true }
load: { rate: 100/s, connections: 4, warmup: 2s, cooldown: 500ms, versions: { old: workload/old, new: workload/new } }
budgets: { lockWait: 500ms, errors: 0 }
`;
const QUIET = `  - { phase: expand, sql: sql/quick.sql }
  - { phase: backfill, soak: 8s }`;
const GREEDY = `  - { phase: expand, sql: sql/greedy.sql }`;
const FILES = {
  'sql/quick.sql': 'alter table customers add column extra int;',
  'sql/greedy.sql': `set work_mem = '2GB';
create table big as select array_agg(md5(g::text) || repeat('x', 200)) a from generate_series(1, 3000000) g;`,
};

interface LocalFault {
  readonly plan: string;
  readonly head: string;
  /** Done 1 s after the first step, which nothing but the greedy plan outlasts. */
  readonly strike: (runId: string) => Promise<void>;
  readonly codes: readonly number[];
  readonly says: RegExp;
}

const FAULTS: Readonly<Record<string, LocalFault>> = {
  'the primary’s server is killed': {
    plan: QUIET,
    head: HEAD,
    codes: [3],
    strike: (runId) => killServer(runId, 'primary'),
    says: /error POSTGRES_DIED: PostgreSQL of the primary ended/,
  },
  'the standby’s server is killed': {
    plan: QUIET,
    head: HEAD,
    codes: [3],
    strike: (runId) => killServer(runId, 'standby'),
    says: /error POSTGRES_DIED: PostgreSQL of the standby ended/,
  },
  'the driver’s cable is cut for a while': {
    plan: QUIET,
    head: HEAD,
    codes: [5],
    strike: cutCable,
    says: /The driver could not reach the (primary|standby) for \d/,
  },
  'the primary’s memory limit is exceeded': {
    plan: GREEDY,
    head: `${HEAD}hosts: { primary: { memory: 300MB } }\n`,
    codes: [3],
    strike: () => Promise.resolve(),
    says: /error (OUT_OF_MEMORY|BACKEND_KILLED): .*hosts\.primary\.memory/s,
  },
};

const seen: string[] = [];
afterAll(() => {
  process.stdout.write(`${seen.join('\n')}\n`);
});

describe.skipIf(!(await canRunLocally()))(
  'a run on local hosts ends in order and is named, and nothing stays, when',
  () => {
    it.each(Object.entries(FAULTS))('%s', { retry: 0 }, async (name, { plan, head, strike, codes, says }) => {
      const tiny = await tinyRehearsal(plan, FILES, head);
      try {
        const run = startLocal(tiny);
        const runId = await run.runId();
        await run.says(/baseline: /);
        if (plan === QUIET) await run.says(/step 1\/2 \S+: ok/);
        await sleep(1_000);
        await strike(runId);
        const code = await run.end();
        // The verdict is broken into lines.
        const output = (run.stderr + run.stdout).replaceAll(/\n +/g, ' ');
        expect(codes, output).toContain(code);
        expect(output).toMatch(says);
        expect(output).not.toMatch(/INTERNAL|^\s+at |\bWAL\b/m);
        expect(tracesOf(runId)).toEqual([]);
        seen.push(`${name}: ${String(code)} ${/error \w+/.exec(output)?.[0] ?? 'INCONCLUSIVE'}`);
      } finally {
        await tiny.remove();
      }
    });
  },
);

function killServer(runId: string, role: string): Promise<void> {
  const pids = execFileSync('ip', ['netns', 'pids', netnsOf({ runId, role })], { encoding: 'utf8' });
  const servers = pids.split('\n').filter((pid) => pid !== '' && exe(pid).endsWith('/postgres'));
  expect(servers, 'nothing to strike').not.toEqual([]);
  // A child may have ended with its parent meanwhile.
  for (const pid of servers) send(Number(pid), 'SIGKILL');
  return Promise.resolve();
}

async function cutCable(runId: string): Promise<void> {
  const at = ['-n', netnsOf({ runId, role: 'network' }), 'link', 'set', 'dev', 'driver'];
  execFileSync('ip', [...at, 'down']);
  await sleep(CUT_MS);
  execFileSync('ip', [...at, 'up']);
}

function exe(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}
