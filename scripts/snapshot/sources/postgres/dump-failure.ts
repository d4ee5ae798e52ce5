import { publicWords } from '../../../pg/messages/public-text.ts';
import type { LiveLimits } from '../../../plan/schema/schema-limits.ts';
import { RehearsalError } from '../../../shared/errors.ts';
import { formatMs } from '../../../shared/text/format.ts';
import { refused, SourceCut } from '../remote-source.ts';
import type { LiveServer } from './live-server.ts';

const NO_LOCK = /canceling statement due to (?:statement|lock) timeout|could not obtain lock/i;
const LOST =
  /server closed the connection|terminating connection|could not connect|connection to server .* failed|SSL SYSCALL|connection not open|server terminated|could not receive data|could not send/i;

/** Why pg_dump ended with an error. @param complaint what it wrote, as in the C locale */
export function dumpFailure({ shown, user }: LiveServer, limits: LiveLimits, complaint: string): Error {
  const [first = ''] = complaint.split('\n').filter((line) => /^pg_dump: (?:error|fatal)/.test(line));
  const said = /(?:ERROR|FATAL|PANIC):\s+(.*)/.exec(complaint)?.[1];
  const why = said === undefined ? withoutProgram(first) : publicWords(said);
  if (/permission denied/i.test(why))
    return refused(shown, why, `on that server: GRANT pg_read_all_data TO "${user}"`);
  if (/row-level security/i.test(why))
    return refused(
      shown,
      why,
      `on that server: ALTER ROLE "${user}" BYPASSRLS, or dump as the owner of the table`,
    );
  if (NO_LOCK.test(complaint)) {
    const table = /LOCK TABLE (?:ONLY )?([^;,]*?) IN ACCESS SHARE|on relation "([^"]*)"/.exec(complaint);
    const which = table?.[1] ?? table?.[2] ?? 'a table';
    return new RehearsalError(
      'TIMED_OUT',
      `the snapshot ${shown} was given up: a lock on ${which} was not to be had within ${formatMs(limits.lockWait)}`,
      { hint: 'somebody there changes that table: try again later, or raise snapshot.limits.lockWait' },
    );
  }
  if (/conflict with recovery/i.test(why))
    return new RehearsalError('CONNECTION_FAILED', `the snapshot ${shown} was cut off: ${why}`, {
      hint: 'the replica replayed what the dump still had to see: on it, set hot_standby_feedback = on or raise max_standby_streaming_delay',
    });
  if (LOST.test(complaint)) return new SourceCut('the server closed the connection');
  return new RehearsalError('CONNECTION_FAILED', `the snapshot ${shown} cannot be read: ${why}`);
}

function withoutProgram(line: string): string {
  return line === ''
    ? 'pg_dump ended without a word'
    : line.replace(/^pg_dump: (?:error|fatal): /, 'pg_dump: ');
}
