import type pg from 'pg';
import type { SnapshotRecord } from '../../artifacts/records/records.ts';
import { readStatistics } from './read-statistics.ts';
import type { Before } from '../drift/before.ts';
import { driftFromStatistics } from '../drift/drift-from-statistics.ts';

/** How an analysed database differs from what it was; nothing where nothing is known of that, or nothing was masked. */
export async function driftSince(
  before: Before | undefined,
  client: pg.Client,
): Promise<Pick<SnapshotRecord, 'drift'>> {
  if (before === undefined) return {};
  if (before.kind === 'drift') return before.drift.tables.length === 0 ? {} : { drift: before.drift };
  return { drift: driftFromStatistics(before.statistics, await readStatistics(client)) };
}
