import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { withConnection, type PgClient } from '../../pg/client.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import { scramVerifier } from '../../pg/scram.ts';
import type { Rehearsal } from '../../plan/model.ts';
import { registerSecret } from '../../shared/text/redact.ts';
import { LACKS_DATABASE } from './require-roles.ts';
import { wantedRoles } from './wanted-roles.ts';

/** The tool's own looks at what the app can do, beside its pool. */
const LOOKS = 1;

/** How the app and the plan connect: as roles of the snapshot where the rehearsal names them, else as the superuser. */
export interface Logins {
  /** By name of the app version. */
  readonly app: ReadonlyMap<string, PgEndpoint>;
  readonly plan: PgEndpoint;
}

interface LoginFacts {
  readonly rehearsal: Rehearsal;
  readonly superuser: PgEndpoint;
  /** Where the tool itself connects. */
  readonly environment: { readonly primary: PgEndpoint };
}

/**
 * Lets the roles log in with a password of ours; all else of them stays as the snapshot has it, but for one connection more
 * where their limit would keep us from looking. Roles belong to the server and not to a database: a playing of the plan
 * begins with this.
 */
export async function openLogins(
  { rehearsal, superuser, environment }: LoginFacts,
  signal: AbortSignal,
): Promise<Logins> {
  const roles = new Set(wantedRoles(rehearsal).map(({ role }) => role));
  roles.delete(superuser.user);
  const password = randomBytes(24).toString('hex');
  registerSecret(password);
  const verifier = scramVerifier(password);
  if (roles.size > 0) {
    await withConnection(
      environment.primary,
      'setup',
      async (client) => {
        for (const role of roles) await letIn(client, role, verifier, rehearsal.load.connections);
        if (rehearsal.planRole !== undefined) await makeOwner(client, rehearsal.planRole, superuser.database);
      },
      signal,
    );
  }
  const as = (role: string | undefined): PgEndpoint =>
    role === undefined || !roles.has(role) ? superuser : { ...superuser, user: role, password };
  return {
    app: new Map(rehearsal.load.versions.map(({ name, role }) => [name, as(role)])),
    plan: as(rehearsal.planRole),
  };
}

async function letIn(client: PgClient, role: string, verifier: string, connections: number): Promise<void> {
  const name = pg.escapeIdentifier(role);
  await client.query(`alter role ${name} login valid until 'infinity' password '${verifier}'`);
  const { rows } = await client.query<{ limit: number }>(
    'select rolconnlimit as limit from pg_catalog.pg_roles where rolname = $1',
    [role],
  );
  const limit = rows[0]?.limit ?? -1;
  if (limit >= 0 && limit < connections + LOOKS)
    await client.query(`alter role ${name} connection limit ${connections + LOOKS}`);
}

/** See RoleFacts.madeOwner. */
async function makeOwner(client: PgClient, role: string, database: string): Promise<void> {
  const { rows } = await client.query(
    `select from pg_catalog.pg_roles where rolname = $1 and ${LACKS_DATABASE}`,
    [role],
  );
  if (rows.length === 0) return;
  await client.query(`alter database ${pg.escapeIdentifier(database)} owner to ${pg.escapeIdentifier(role)}`);
}
