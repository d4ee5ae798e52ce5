import { POLL_MS } from '../../../artifacts/polling.ts';
import { blocksTraffic } from '../../../pg/lock-modes.ts';
import { mentions } from '../../mentions.ts';
import type { StatementTry } from '../waits/windows.ts';

/**
 * The statement of a command that stopped others longest, holding a lock or waiting for one; undefined where none was seen to. Of
 * several that no look could tell apart, as where they came in one text, the first one that names the table.
 */
export function stoppingStatement(sent: readonly StatementTry[]): StatementTry | undefined {
  const longestMs = Math.max(0, ...sent.map(stoppedMs));
  if (longestMs === 0) return undefined;
  const likely = sent.filter((one) => stoppedMs(one) >= longestMs - POLL_MS);
  return likely.find(namesWhatItStops) ?? likely[0];
}

function stoppedMs({ blockingHoldMs, blockingWaitMs }: StatementTry): number {
  return Math.max(blockingHoldMs, blockingWaitMs);
}

function namesWhatItStops({ record, spans, waits }: StatementTry): boolean {
  const relations = [...spans.filter(({ mode }) => blocksTraffic(mode)), ...waits.map(({ wait }) => wait)];
  return relations.some(({ relation }) => relation !== null && mentions(record.sql, relation));
}
