import { sleep } from '../../../scripts/shared/clock.ts';
import type { RehearseProcess } from '../../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../../support/tiny-rehearsal.ts';
import { backends } from './processes.ts';

const PATIENCE_MS = 30_000;

/** Where a run is when it is struck. */
export const STAGES = [
  ...(['environment', 'restore', 'baseline', 'step sql'] as const),
  ...(['backfill', 'command', 'teardown', 'judging'] as const),
];
export type Stage = (typeof STAGES)[number];

/** Long enough to be struck in its midst, and with something to write to the disk afterwards. */
const SLOW_SQL = `select pg_sleep(2.5);
create table big as select i, repeat(md5(i::text), 30) as t from generate_series(1, 150000) i;`;
const SLOW_ROW = `create function slow(text) returns text language sql volatile as
  $$ select $1 || coalesce(pg_sleep(0.002)::text, '') $$;`;
const SNAPSHOT = `create table customers as select i as id, 'name ' || i as name, '' as done from generate_series(1, 2000) i;
alter table customers add primary key (id);
${SLOW_ROW}`;

const BACKFILL = `  - { phase: backfill, backfill: { table: customers, key: id, set: "done = slow('x')", where: "done = ''" } }`;
const PLANS: Partial<Record<Stage, string>> = {
  'step sql': '  - { phase: expand, sql: sql/slow.sql }',
  backfill: BACKFILL,
  command: "  - { phase: expand, command: 'sleep 3', touchesDatabase: false }",
};
const QUICK = '  - { phase: expand, sql: sql/quick.sql }';

const HEAD = `version: 1
name: tiny
snapshot: { generator: generate.sql }
load: { rate: 50/s, connections: 4, warmup: WARMUP, cooldown: 200ms, versions: { old: workload/old, new: workload/new } }
budgets: { lockWait: 5s, errors: 0 }
`;

/** A rehearsal that stays in that stage for some seconds. */
export function rehearsalFor(stage: Stage): Promise<TinyRehearsal> {
  return tinyRehearsal(
    PLANS[stage] ?? QUICK,
    {
      'sql/slow.sql': SLOW_SQL,
      'sql/quick.sql': 'alter table customers add column extra int;',
      'generate.sql': stage === 'restore' ? `${SLOW_SQL}\n${SNAPSHOT}` : SNAPSHOT,
    },
    HEAD.replace('WARMUP', stage === 'baseline' ? '3s' : '1200ms'),
  );
}

/** Waits until the run is in the stage. */
export async function reach(stage: Stage, run: RehearseProcess, tiny: TinyRehearsal): Promise<void> {
  switch (stage) {
    case 'environment':
      await run.says(/steps? on \w+/);
      return sleep(200);
    case 'restore':
      await run.says(/environment: /);
      // Not while it is started anew for the restore.
      for (const until = Date.now() + PATIENCE_MS; backends(tiny).length === 0;) {
        if (Date.now() > until) throw new Error('nothing was ever restored');
        await sleep(20);
      }
      return sleep(300);
    case 'baseline':
      await run.says(/snapshot: /);
      return sleep(900);
    case 'step sql':
    case 'backfill':
    case 'command':
      await run.says(/baseline: /);
      return sleep(700);
    case 'teardown':
      await run.says(/step 1\/1 \S+: ok/);
      return sleep(500);
    case 'judging':
      return run.says(/teardown: /);
  }
}
