import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { sealRun } from '../../../scripts/artifacts/seal.ts';
import type { RunFolder, StreamName } from '../../../scripts/artifacts/run-folder.ts';
import { documentText } from '../../../scripts/artifacts/run-folder.ts';
import {
  REQUEST_COLUMNS,
  type LockEntry,
  type StepEvent,
  type WaitRecord,
} from '../../../scripts/artifacts/records/records.ts';
import type { ExactWait, LockGrant } from '../../../scripts/artifacts/records/wait-records.ts';
import {
  evidence,
  plannedStep,
  runRecord,
  statementRecord,
  stepWindow,
} from '../../../scripts/checks/evidence/evidence-fixture.ts';
import { dropOf, lockOf, schemaOf, sentBy, tableOf, type Hold } from './made-drops.ts';
import { PLAN_PID, type Size } from './size.ts';

const FIRST_PID = 1000;
const CALM_MS = 6000;
const LOCKED = 'AccessExclusiveLock';

/** Fills a run folder as a run of that size would have left it. Everything in it follows from the size. */
export async function makeRun(folder: RunFolder, size: Size): Promise<void> {
  const endMs = size.minutes * 60_000;
  const names = Array.from({ length: size.scripts }, (_, script) => `script-${script + 1}`);
  const plan = Array.from({ length: size.steps }, (_, step) =>
    plannedStep(`step-${step + 1}`, size.isCommand === true ? { kind: 'command', files: [] } : {}),
  );
  const all = holds(size, endMs);
  const run = runRecord({
    plan,
    load: {
      ratePerSec: size.requests / size.minutes / 60,
      connections: size.sessions,
      warmupMs: CALM_MS,
      versions: [{ name: 'old', scripts: names.map((name) => ({ name, weight: 1 })) }],
    },
  });
  const steps = plan.flatMap(({ name }): StepEvent[] => {
    const own = all.filter(({ step }) => step === name);
    const window = stepWindow(name, (own[0]?.fromMs ?? 0) - 1, (own.at(-1)?.toMs ?? 0) + 1);
    return [
      ...window.slice(0, 1),
      ...own.map((hold) =>
        size.isCommand === true ? sentBy(hold) : statementOf(hold, size, own.at(-1)?.toMs ?? hold.toMs),
      ),
      ...window.slice(1),
    ];
  });
  const whole = evidence({
    run,
    steps,
    load: [
      { type: 'started', tMs: 900 },
      { type: 'baseline', fromMs: 1000, toMs: CALM_MS - 100 },
      { type: 'stopped', tMs: endMs, unfinished: 0 },
    ],
  });
  for (const name of ['environment', 'snapshot'] as const)
    await writeFile(folder.file('artifacts', `${name}.json`), documentText(whole[name]));
  const header = { type: 'header', columns: REQUEST_COLUMNS, versions: ['old'], scripts: [names] };
  const streams = {
    steps,
    load: whole.load,
    probes: whole.probes,
    compatibility: whole.compatibility,
    server: [],
    batches: [],
    locks: size.isCommand === true ? all.map(lockOf) : [],
    schema: size.isDropping === true ? schemaOf(plan, all, size, endMs) : [],
    requests: requests(header, size, all, endMs),
    'exact-waits': exactWaits(size, all, endMs),
    waits: looks(size, all, endMs),
  };
  for (const [name, records] of Object.entries<Iterable<unknown> | undefined>(streams))
    await write(folder, name as StreamName, records ?? []);
  await writeFile(folder.file('plan', 'SHA256SUMS'), '');
  await sealRun(folder, { ...run, planSha256: createHash('sha256').digest('hex') });
}

/** Statements one after the other, which hold so much of the time as there are victims among the requests. */
function holds({ statements, steps, victims, requests: due }: Size, endMs: number): Hold[] {
  const each = (endMs - CALM_MS - 2000) / statements;
  const heldMs = Math.min(each * 0.9, (victims / due / statements) * endMs);
  return Array.from({ length: statements }, (_, position) => {
    const fromMs = CALM_MS + position * each;
    const step = Math.floor((position * steps) / statements);
    const index = position - Math.ceil((step * statements) / steps) + 1;
    return { step: `step-${step + 1}`, index, fromMs, toMs: fromMs + heldMs };
  });
}

function statementOf(
  { step, index, fromMs, toMs }: Hold,
  { relations, isOneTransaction, isDropping }: Size,
  endMs: number,
): StepEvent {
  const first: LockEntry = { relation: 'public.customers', mode: LOCKED, existedBefore: true };
  const parts = Array.from({ length: relations - 1 }, (_, part): LockEntry => {
    return { ...first, relation: `public.customers_${part + 1}`, partitionOf: first.relation };
  });
  const sql =
    isDropping === true ? dropOf({ index, step }) : `alter table customers add column c${index} int`;
  const times = { sentMs: fromMs, respondedMs: toMs };
  if (isOneTransaction !== true)
    return statementRecord({
      step,
      index,
      sql,
      ...times,
      releasedMs: toMs,
      newLocks: isDropping === true ? [{ ...first, relation: tableOf({ index, step }) }] : [first, ...parts],
      pid: PLAN_PID,
    });
  const own = { ...first, relation: `public.customers_${index}`, partitionOf: first.relation };
  return statementRecord({
    step,
    index,
    sql,
    ...times,
    releasedMs: endMs,
    newLocks: [own],
    ...(index > 1 ? { heldWith: index - 1 } : {}),
    pid: PLAN_PID,
  });
}

function* requests(header: object, size: Size, all: readonly Hold[], endMs: number): Iterable<unknown> {
  yield header;
  const patienceMs = (size.patienceSeconds ?? Infinity) * 1000;
  let next = 0;
  for (let row = 0; row < size.requests; row++) {
    const dueMs = 1000 + (row / size.requests) * (endMs - 1100);
    while ((all[next]?.toMs ?? Infinity) < dueMs) next += 1;
    const hold = all[next];
    const isHeld = hold !== undefined && hold.fromMs <= dueMs;
    const freeMs = isHeld ? hold.toMs + (row % 20) / 10 : dueMs + 1 + (row % 7) / 10;
    const doneMs = Math.min(freeMs, dueMs + patienceMs);
    const outcome = isHeld && size.patienceSeconds !== undefined ? '57014' : 0;
    const pid = FIRST_PID + (row % size.sessions);
    yield [dueMs, dueMs, dueMs, doneMs, 0, row % size.scripts, outcome, pid];
  }
}

/** The app's own waits for rows, and the plan's locks as the server told of them. */
function* exactWaits(
  size: Size,
  all: readonly Hold[],
  endMs: number,
): Iterable<ExactWait | LockGrant | object> {
  yield { type: 'tier', tMs: 0, tier: 'uprobes', resolutionMs: 0.01, pollMs: 10, why: null };
  for (let wait = 0; wait < size.waits; wait++) {
    const fromMs = 1000 + (wait / size.waits) * (endMs - 1100);
    const pid = FIRST_PID + (wait % size.sessions);
    const lock = { relation: null, locktype: 'transactionid', mode: 'ShareLock' };
    yield { type: 'wait', pid, role: 'app', ...lock, fromMs, toMs: fromMs + 0.4, end: 'granted' };
  }
  for (const hold of all) {
    for (let part = 0; part < size.relations; part++) {
      const relation = part === 0 ? 'public.customers' : `public.customers_${part}`;
      yield { type: 'grant', pid: PLAN_PID, tMs: hold.fromMs, relation };
    }
    for (const part of queued(hold, size))
      for (let place = 0; place < size.sessions; place++) yield exactBehind(part, place);
    yield { type: 'release', pid: PLAN_PID, tMs: hold.toMs };
  }
}

/** The stretches between which everybody who waits begins anew. */
function queued(hold: Hold, { patienceSeconds = Infinity }: Size): Hold[] {
  const { fromMs, toMs } = hold;
  const count = Math.max(1, Math.ceil((toMs - fromMs) / patienceSeconds / 1000));
  const eachMs = (toMs - fromMs) / count;
  return Array.from({ length: count }, (_, part) => {
    const sinceMs = fromMs + part * eachMs;
    return { ...hold, fromMs: sinceMs, toMs: sinceMs + eachMs };
  });
}

function exactBehind(hold: Hold, place: number): ExactWait {
  const { fromMs, toMs } = hold;
  return {
    type: 'wait',
    pid: FIRST_PID + place,
    role: 'app',
    relation: 'public.customers',
    locktype: 'relation',
    mode: 'RowExclusiveLock',
    fromMs: fromMs + ((toMs - fromMs) * place) / 1000,
    toMs,
    end: 'granted',
  };
}

/** A queue behind each statement, each session next to the one before it; and now and then one for a row of the app's. */
function* looks(size: Size, all: readonly Hold[], endMs: number): Iterable<WaitRecord> {
  for (const hold of all.flatMap((one) => queued(one, size)))
    for (let place = 0; place < size.sessions; place++) {
      const { pid, relation, locktype, mode, fromMs } = exactBehind(hold, place);
      const times = {
        tMs: fromMs + 1,
        lastMs: Math.max(fromMs + 1, hold.toMs - 1),
        goneMs: hold.toMs,
        sinceMs: fromMs,
      };
      const before =
        place === 0
          ? { blockedBy: [{ pid: PLAN_PID, role: 'migration' as const }] }
          : { blockedBy: [], after: pid - 1 };
      yield { pid, role: 'app', relation, locktype, mode, ...times, ...before };
    }
  for (let wait = 0; wait < size.polled; wait++) {
    const at = Math.floor((wait * size.waits) / size.polled);
    const sinceMs = 1000 + (at / size.waits) * (endMs - 1100);
    const pid = FIRST_PID + (at % size.sessions);
    const blockedBy = [{ pid: FIRST_PID + ((at + 1) % size.sessions), role: 'app' as const }];
    const lock = { relation: null, locktype: 'transactionid', mode: 'ShareLock' };
    yield { tMs: sinceMs + 0.2, goneMs: sinceMs + 10, sinceMs, pid, role: 'app', ...lock, blockedBy };
  }
}

async function write(folder: RunFolder, name: StreamName, records: Iterable<unknown>): Promise<void> {
  const file = createWriteStream(folder.streamPath(name));
  let text = '';
  for (const record of records) {
    text += `${JSON.stringify(record)}\n`;
    if (text.length < 1 << 20) continue;
    if (!file.write(text)) await once(file, 'drain');
    text = '';
  }
  file.end(text);
  await once(file, 'finish');
}
