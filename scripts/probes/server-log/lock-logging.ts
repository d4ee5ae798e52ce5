import type { Asker } from '../../pg/asker.ts';
import { monotonicMs, sleep } from '../../shared/clock.ts';
import { LOG_LINE_PREFIX } from './log-line.ts';

/**
 * `deadlock_timeout` stays as it is: whoever waits that long first looks for a deadlock and may be the one who dies, so that a
 * shorter one would decide who that is.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  log_lock_waits: 'on',
  log_line_prefix: LOG_LINE_PREFIX,
};
const IN_FORCE_MS = 3000;
const LOOK_EVERY_MS = 20;

/** @throws Error saying in one phrase why the server cannot be made to log its waits, or would log them in other words */
export async function requireLockLogging(client: Asker): Promise<void> {
  const { rows } = await client.query<{ name: string; setting: string; persisted: boolean }>(
    `select name, setting,
            name in (select f.name from pg_file_settings f where f.sourcefile like '%/postgresql.auto.conf') as persisted
       from pg_settings
      where name = any($1) or name in ('lc_messages', 'log_min_messages')`,
    [Object.keys(SETTINGS)],
  );
  const settings = new Map(rows.map((row) => [row.name, row]));
  const persisted = Object.keys(SETTINGS).find((name) => settings.get(name)?.persisted === true);
  if (persisted !== undefined) throw new Error(`${persisted} is set by ALTER SYSTEM`);
  const language = settings.get('lc_messages')?.setting ?? '';
  if (!/^(C|POSIX|en)?([._].*)?$/.test(language))
    throw new Error(`the log is in another language (${language})`);
  const least = settings.get('log_min_messages')?.setting ?? '';
  if (['fatal', 'panic', 'log'].includes(least)) throw new Error(`log_min_messages is ${least}`);
}

/** In force for every session, also those that are open. @throws what PostgreSQL said, or when it does not take effect */
export async function logLocks(client: Asker): Promise<void> {
  for (const [name, value] of Object.entries(SETTINGS))
    await client.query(`alter system set ${name} = '${value}'`);
  await client.query('select pg_reload_conf()');
  const giveUpMs = monotonicMs() + IN_FORCE_MS;
  for (;;) {
    const { rows } = await client.query<{ value: string }>(
      "select current_setting('log_line_prefix') as value",
    );
    if (rows[0]?.value === LOG_LINE_PREFIX) return;
    if (monotonicMs() > giveUpMs) throw new Error('the settings did not take effect');
    await sleep(LOOK_EVERY_MS);
  }
}

/** As it was before. */
export async function stopLoggingLocks(client: Asker): Promise<void> {
  for (const name of Object.keys(SETTINGS)) await client.query(`alter system reset ${name}`);
  await client.query('select pg_reload_conf()');
}
