import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { withConnection } from '../../pg/client.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import { scramVerifier } from '../../pg/scram.ts';
import { registerSecret } from '../../shared/text/redact.ts';

/**
 * A superuser of the tool's own, for all that looks while the plan runs: the plan may take password, login or rights from
 * the role that it connects as itself. Made when the snapshot is in, under a name that no snapshot has.
 */
export async function openToolLogin(superuser: PgEndpoint, signal: AbortSignal): Promise<PgEndpoint> {
  const password = randomBytes(24).toString('hex');
  registerSecret(password);
  const user = `rehearse_tool_${randomBytes(4).toString('hex')}`;
  const create = `create role ${pg.escapeIdentifier(user)} superuser login password '${scramVerifier(password)}'`;
  await withConnection(superuser, 'setup', (client) => client.query(create), signal);
  return { ...superuser, user, password };
}

/** Gives the superuser back what a playing of the plan may have taken from it: the next one begins as the first did. */
export async function mendSuperuser(
  { user, password }: PgEndpoint,
  tool: PgEndpoint,
  signal: AbortSignal,
): Promise<void> {
  const role = pg.escapeIdentifier(user);
  const again = `alter role ${role} superuser login connection limit -1 valid until 'infinity' password '${scramVerifier(password)}'`;
  await withConnection({ ...tool, database: 'postgres' }, 'setup', (client) => client.query(again), signal);
}
