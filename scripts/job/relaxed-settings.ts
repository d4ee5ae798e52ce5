import type { PgClient } from '../pg/client.ts';
import type { PgSetting } from '../plan/model.ts';
import { sleep } from '../shared/clock.ts';
import { RehearsalError } from '../shared/errors.ts';

/** What would stop a restore half-way, or slow it down, where a rehearsal asks for it. */
const NOT_WHILE_RESTORING = [
  'statement_timeout',
  'lock_timeout',
  'transaction_timeout',
  'idle_in_transaction_session_timeout',
  'default_transaction_read_only',
  'synchronous_standby_names',
];
const RELOAD_TIMEOUT_MS = 15_000;
const LOOK_EVERY_MS = 50;
const AUTO_CONF = `'%postgresql.auto.conf'`;
/** These win over any file, and `alter system` cannot change what they say. */
const ABOVE_FILES = `('command line', 'environment variable', 'override')`;
/** Held by a role, a database or this session: the server's own value cannot be seen then. */
const COVERED = `('database', 'user', 'database user', 'session', 'client')`;

/** A setting as it was before it was changed. */
export interface ChangedSetting {
  readonly name: string;
  /** As pg_settings has it, in the setting's own unit. */
  readonly before: string;
  /** What postgresql.auto.conf said; null = nothing. */
  readonly own: string | null;
}

/** A setting with the value that it is to have while data is restored. */
interface RelaxedSetting extends ChangedSetting {
  readonly value: string;
}

/**
 * What of the settings of a restore this server takes without a restart.
 * @param asked what the rehearsal configures; what of it would hinder a restore is to have its default
 */
export async function relaxable(
  client: PgClient,
  restore: readonly PgSetting[],
  asked: readonly PgSetting[],
): Promise<RelaxedSetting[]> {
  const hinders = asked
    .map(({ name }) => name.toLowerCase())
    .filter((name) => NOT_WHILE_RESTORING.includes(name));
  const wanted = new Map(restore.map(({ name, value }) => [name.toLowerCase(), value]));
  const { rows } = await client.query<ChangedSetting & { boot: string }>(
    `select s.name, s.setting as before, coalesce(s.boot_val, '') as boot,
            (select f.setting from pg_file_settings f
              where lower(f.name) = lower(s.name) and f.sourcefile like ${AUTO_CONF}
              order by f.seqno desc limit 1) as own
       from pg_settings s
      where lower(s.name) = any($1) and s.context not in ('internal', 'postmaster')
        and s.source not in ${ABOVE_FILES}`,
    [[...new Set([...wanted.keys(), ...hinders])]],
  );
  return rows.map(({ name, before, own, boot }) => {
    return { name, before, own, value: wanted.get(name.toLowerCase()) ?? boot };
  });
}

/** Gives the server these settings and waits until they hold. */
export async function relax(
  client: PgClient,
  settings: readonly RelaxedSetting[],
  signal: AbortSignal,
): Promise<void> {
  for (const { name, value } of settings) await set(client, name, value);
  const elsewhere = `coalesce(s.sourcefile, '') not like ${AUTO_CONF}`;
  await reload(client, settings, `${elsewhere} and s.source not in ${COVERED}`, signal);
}

/** Takes back what `relax` changed, so that nothing of it stays in postgresql.auto.conf, and waits until that holds. */
export async function putBack(
  client: PgClient,
  changed: readonly ChangedSetting[],
  signal: AbortSignal,
): Promise<void> {
  for (const { name, own } of changed) {
    if (own === null) await client.query(`alter system reset ${client.escapeIdentifier(name)}`);
    else await set(client, name, own);
  }
  const ours = `case when asked.own is null then s.sourcefile like ${AUTO_CONF} else s.setting <> asked.before end`;
  await reload(client, changed, `${ours} and s.source not in ${COVERED}`, signal);
}

async function set(client: PgClient, name: string, value: string): Promise<void> {
  await client.query(`alter system set ${client.escapeIdentifier(name)} = ${client.escapeLiteral(value)}`);
}

/** Has the files read anew, and waits until no setting is left for which `pending` holds. */
async function reload(
  client: PgClient,
  settings: readonly ChangedSetting[],
  pending: string,
  signal: AbortSignal,
): Promise<void> {
  await client.query('select pg_reload_conf()');
  const until = Date.now() + RELOAD_TIMEOUT_MS;
  for (;;) {
    const { rows } = await client.query<{ name: string; shown: string }>(
      `select s.name, current_setting(s.name) as shown
         from unnest($1::text[], $2::text[], $3::text[]) as asked (name, before, own) join pg_settings s using (name)
        where ${pending}`,
      [
        settings.map(({ name }) => name),
        settings.map(({ before }) => before),
        settings.map(({ own }) => own),
      ],
    );
    if (rows.length === 0) return;
    if (Date.now() > until) {
      const list = rows.map(({ name, shown }) => `${name} is still ${shown}`).join(', ');
      throw new RehearsalError('POSTGRES_START_FAILED', `the server did not take its new settings: ${list}`, {
        hint: "the server's own log says which line of its configuration it refused",
      });
    }
    await sleep(LOOK_EVERY_MS, signal);
  }
}
