import type { RunFolder } from '../artifacts/run-folder.ts';
import { withConnection } from '../pg/client.ts';
import { isConnectionLoss, isFromPostgres } from '../pg/pg-error.ts';
import type { Rehearsal } from '../plan/model.ts';
import { formatBytes, formatShortCount } from '../shared/text/format.ts';
import { movesOf } from '../snapshot/columns/moves.ts';
import { readMovedColumns } from '../snapshot/columns/read-moved-columns.ts';
import { restoreSnapshot } from '../snapshot/restore.ts';
import type { EngineEnvironment } from './engine-environment.ts';
import type { OnEvent } from './events.ts';
import { requireRoles } from './roles/require-roles.ts';
import { readSettings, type ServerFacts } from './settings.ts';

interface Preparation {
  readonly rehearsal: Rehearsal;
  readonly environment: EngineEnvironment;
  readonly folder: RunFolder;
  /** How many connections the restore works with at a time. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
}

/** Restores the snapshot with fast settings, then brings the server up as the rehearsal configures it. */
export async function prepareDatabase(preparation: Preparation): Promise<ServerFacts> {
  const { rehearsal, environment, folder, jobs, signal, onEvent } = preparation;
  const stage = { type: 'stage', stage: 'snapshot' } as const;
  onEvent({ ...stage, state: 'started', detail: 'restoring', fraction: null, etaMs: null });
  await environment.switchTo('restore', signal);
  const snapshot = await restoreSnapshot({
    source: rehearsal.snapshot,
    dir: rehearsal.dir,
    environment: rehearsal.environment,
    enclose: environment.enclose,
    endpoint: environment.primary,
    settings: environment.restoreSettings,
    scratchDir: environment.scratchDir,
    jobs,
    signal,
    onNote: (message) => {
      onEvent({ type: 'note', message });
    },
    onProgress: ({ detail: object, fraction, bytesPerSec, etaMs }) => {
      const rate = bytesPerSec === null ? '' : `, ${formatBytes(bytesPerSec)}/s`;
      onEvent({ ...stage, state: 'progress', detail: `${object}${rate}`, fraction, etaMs });
    },
  });
  const moves = await movesOf(rehearsal);
  const moved = await withConnection(environment.primary, 'setup', (client) =>
    readMovedColumns(client, moves),
  );
  await folder.writeDocument('snapshot', { ...snapshot, moved });
  await environment.switchTo('rehearse', signal);
  const largest = [...snapshot.tables].sort((a, b) => b.rows - a.rows)[0];
  const rows = largest ? `, ${formatShortCount(largest.rows)} rows in ${largest.name}` : '';
  const detail = `${formatBytes(snapshot.bytes)} restored${rows}`;
  onEvent({ ...stage, state: 'done', detail, fraction: 1, etaMs: null });
  await addStatistics(environment);
  const roles = await requireRoles(environment.primary, rehearsal, signal);
  const facts = await readSettings(environment.primary, rehearsal.postgres.settings);
  return { ...facts, roles };
}

/** pg_stat_statements is a help for those who look, not a need: a server without it rehearses as well. */
async function addStatistics(environment: EngineEnvironment): Promise<void> {
  await withConnection(environment.primary, 'setup', async (client) => {
    const { rows } = await client.query(
      "select 1 from pg_available_extensions where name = 'pg_stat_statements'",
    );
    if (rows.length === 0) return;
    // Before PostgreSQL 17 an event trigger of the snapshot's may refuse it.
    await client.query('create extension if not exists pg_stat_statements').catch((error: unknown) => {
      if (!isFromPostgres(error) || isConnectionLoss(error)) throw error;
    });
  });
}
