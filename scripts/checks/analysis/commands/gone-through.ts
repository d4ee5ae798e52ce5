import type { WholeTable } from '../../../artifacts/records/of-plan/schema-records.ts';
import { blocksTraffic } from '../../../pg/lock-modes.ts';
import { groupBy } from '../../../shared/group-by.ts';
import { OverlapIndex } from '../../../shared/intervals/overlap-index.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { Mentions } from '../../mentions.ts';
import type { StatementTry } from '../waits/windows.ts';

/**
 * Each table was gone through by the one that worked longest while it kept others from it, and before all by one that names it: a
 * look takes its time, and one that was asked for before the statement and answered after it dates the lock back.
 */
export function wentThrough(tries: readonly StatementTry[], tables: readonly WholeTable[]): StatementTry[] {
  if (tables.length === 0) return [...tries];
  const naming = new Mentions(tries, ({ record }) => record.sql);
  const stops = groupBy(tries.flatMap(stopsOf), ({ relation }) => relation);
  const found = new Map<StatementTry, WholeTable[]>();
  for (const whole of tables) {
    const by = likeliest(stops.get(whole.table) ?? [], naming.of(whole.table));
    if (by !== undefined) found.set(by, [...(found.get(by) ?? []), whole]);
  }
  return tries.map((one) => {
    const own = found.get(one) ?? [];
    const rewrote = own.filter(({ isRewritten }) => isRewritten).map(({ table }) => table);
    const scanned = own
      .filter(({ isRewritten }) => !isRewritten)
      .map(({ table: relation, readRows: rows }) => ({ relation, rows }));
    return own.length === 0 ? one : { ...one, record: { ...one.record, rewrote, scanned } };
  });
}

/** When a statement's locks kept others from a table. */
interface Stop extends Interval {
  readonly by: StatementTry;
  readonly relation: string;
}

function stopsOf(by: StatementTry): Stop[] {
  return by.spans
    .filter(({ mode }) => blocksTraffic(mode))
    .map(({ relation, fromMs, toMs }) => ({ by, relation, fromMs, toMs }));
}

/**
 * Of those that took a lock that keeps others from the table, and those that name it while their transaction had one.
 * @param stops all of that table
 */
function likeliest(stops: readonly Stop[], naming: ReadonlySet<StatementTry>): StatementTry | undefined {
  const held = new Map(
    [...groupBy(stops, ({ by }) => by.record.pid)].map(([pid, own]) => [pid, new OverlapIndex(own)]),
  );
  const during = ({ record: { pid, sentMs, respondedMs } }: StatementTry): boolean =>
    held.get(pid)?.has({ fromMs: sentMs, toMs: respondedMs }) ?? false;
  const candidates = new Set([...stops.map(({ by }) => by), ...[...naming].filter(during)]);
  const likelihood = (one: StatementTry): number => Number(naming.has(one)) * 2 + Number(!isOfRows(one));
  return [...candidates]
    .filter(({ record }) => record.error === null)
    .sort(
      (a, b) => likelihood(b) - likelihood(a) || workMs(b) - workMs(a) || a.record.index - b.record.index,
    )[0];
}

function isOfRows({ record }: StatementTry): boolean {
  return /^(INSERT|UPDATE|DELETE|MERGE|COPY|SELECT)\b/.test(record.command ?? '');
}

/** From its sending to its answer, without its waits for locks. */
export function workMs({ record, waitMs }: StatementTry): number {
  return Math.max(0, record.respondedMs - record.sentMs - waitMs);
}
