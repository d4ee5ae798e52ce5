import { formatMs } from '../../../shared/text/format.ts';
import type { UnknownSetting } from './touch.ts';

/** Nobody sets a statement_timeout below it for a migration's role. */
const LONG_MS = 1000;

/** What took long here may not take so long where the server, the database or the role has a limit. */
export const statementTimeout: UnknownSetting = {
  names: ['statement_timeout'],
  of: ({ record, planned }) => {
    const tookMs = record.respondedMs - record.sentMs;
    if (tookMs < LONG_MS || record.error !== null || planned.statementTimeoutMs !== undefined) return [];
    return [`statement ${record.index} (${formatMs(tookMs)})`];
  },
  told: (what) =>
    `No statement_timeout of production's is known here, and none was in force for ${what}: where its server, database or role has one below that, the statement ends with 57014. Take it into postgres.settings, or give the step a statementTimeout of its own.`,
};
