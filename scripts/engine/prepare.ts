import type { RunFolder } from '../artifacts/run-folder.ts';
import { withConnection } from '../pg/client.ts';
import { isConnectionLoss, isFromPostgres } from '../pg/pg-error.ts';
import type { Rehearsal } from '../plan/model.ts';
import { formatBytes, formatShortCount } from '../shared/text/format.ts';
import { movesOf } from '../snapshot/columns/moves.ts';
import { readMovedColumns } from '../snapshot/columns/read-moved-columns.ts';
import { readRenamedTables } from '../snapshot/columns/renamed-tables.ts';
import type { EngineEnvironment } from './engine-environment.ts';
import { fillDatabase, keepBase, type Filling } from './fill-database.ts';
import { requireRoles } from './roles/require-roles.ts';
import { readSettings, type ServerFacts } from './settings.ts';

interface Preparation extends Filling {
  readonly rehearsal: Rehearsal;
  readonly folder: RunFolder;
}

/** Restores the snapshot with fast settings, then brings the server up as the rehearsal configures it. */
export async function prepareDatabase(preparation: Preparation): Promise<ServerFacts> {
  const { rehearsal, environment, folder, signal, onEvent } = preparation;
  const stage = { type: 'stage', stage: 'snapshot' } as const;
  onEvent({ ...stage, state: 'started', detail: 'restoring', fraction: null, etaMs: null });
  const filled = await fillDatabase(preparation);
  const { snapshot } = filled;
  const moves = await movesOf(rehearsal);
  const known = await withConnection(environment.primary, 'setup', async (client) => ({
    moved: await readMovedColumns(client, moves),
    renamed: await readRenamedTables(client, rehearsal),
  }));
  await folder.writeDocument('snapshot', { ...snapshot, ...known });
  await keepBase(preparation, filled);
  await environment.switchTo('rehearse', signal);
  const largest = [...snapshot.tables].sort((a, b) => b.rows - a.rows)[0];
  const rows = largest ? `, ${formatShortCount(largest.rows)} rows in ${largest.name}` : '';
  const how = snapshot.base === undefined ? 'restored' : 'from its base';
  const detail = `${formatBytes(snapshot.bytes)} ${how}${rows}`;
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
