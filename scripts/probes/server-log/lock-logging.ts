import type { PgClient } from '../../pg/client.ts';
import { monotonicMs, sleep } from '../../shared/clock.ts';
import { LOG_LINE_PREFIX } from './log-line.ts';

const SETTINGS: Readonly<Record<string, string>> = {
  deadlock_timeout: '1ms',
  log_lock_waits: 'on',
  log_line_prefix: LOG_LINE_PREFIX,
};
const IN_FORCE_MS = 3000;
const LOOK_EVERY_MS = 20;

/** @throws Error saying in one phrase why the server cannot be made to log its waits, or would log them in other words */
export async function requireLockLogging(client: PgClient): Promise<void> {
  const { rows } = await client.query<{ name: string; setting: string; source: string; persisted: boolean }>(
    `select name, setting, source,
            name in (select f.name from pg_file_settings f where f.sourcefile like '%/postgresql.auto.conf') as persisted
       from pg_settings
      where name = any($1) or name in ('lc_messages', 'log_min_messages')`,
    [Object.keys(SETTINGS)],
  );
  const settings = new Map(rows.map((row) => [row.name, row]));
  for (const name of ['deadlock_timeout', 'log_lock_waits'] as const) {
    if (settings.get(name)?.source !== 'default')
      throw new Error(`${name} is set by the rehearsal or the server`);
  }
  const persisted = Object.keys(SETTINGS).find((name) => settings.get(name)?.persisted === true);
  if (persisted !== undefined) throw new Error(`${persisted} is set by ALTER SYSTEM`);
  const language = settings.get('lc_messages')?.setting ?? '';
  if (!/^(C|POSIX|en)?([._].*)?$/.test(language))
    throw new Error(`the log is in another language (${language})`);
  const least = settings.get('log_min_messages')?.setting ?? '';
  if (['fatal', 'panic', 'log'].includes(least)) throw new Error(`log_min_messages is ${least}`);
}

/** In force for every session, also those that are open. @throws what PostgreSQL said, or when it does not take effect */
export async function logLocks(client: PgClient): Promise<void> {
  for (const [name, value] of Object.entries(SETTINGS))
    await client.query(`alter system set ${name} = '${value}'`);
  await client.query('select pg_reload_conf()');
  const giveUpMs = monotonicMs() + IN_FORCE_MS;
  for (;;) {
    const { rows } = await client.query<{ value: string }>(
      "select current_setting('deadlock_timeout') as value",
    );
    if (rows[0]?.value === SETTINGS['deadlock_timeout']) return;
    if (monotonicMs() > giveUpMs) throw new Error('the settings did not take effect');
    await sleep(LOOK_EVERY_MS);
  }
}

/** As it was before. */
export async function stopLoggingLocks(client: PgClient): Promise<void> {
  for (const name of Object.keys(SETTINGS)) await client.query(`alter system reset ${name}`);
  await client.query('select pg_reload_conf()');
}
