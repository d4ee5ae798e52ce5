import { formatMs } from '../../../shared/text/format.ts';
import { blockerLine, chainText, isInQueue, waiterLine, type Impact } from '../../blockers.ts';

const MOST_SHOWN = 6;

/** Who waited for whom: those behind the statement, then those it waited for, down to where the queue began. */
export function Queue({ impact }: { impact: Impact }) {
  if (!isInQueue(impact)) return null;
  const { waiters, blockers, figures } = impact;
  const shown = blockers.slice(0, MOST_SHOWN);
  return (
    <div class="tree queue">
      <b>{chainText(impact)}</b>
      {waiters.map((waiter) => (
        <div class="mut">{waiterLine(waiter)}</div>
      ))}
      <div class="mut">{`it waited ${formatMs(figures.lockWaitMs)}, held ${formatMs(figures.lockHoldMs)}: a blackout of ${formatMs(figures.blackoutMs)}`}</div>
      {shown.map((blocker) => {
        const { who, did, query } = blockerLine(blocker);
        return (
          <div class="blocker" style={`--level:${blocker.level}`}>
            <span>{who}</span> <span class="mut">{did}</span>
            {query !== null && query !== '' && <code>{query}</code>}
          </div>
        );
      })}
      {blockers.length > shown.length && (
        <div class="mut">{`and ${blockers.length - shown.length} more that stood in the way`}</div>
      )}
    </div>
  );
}
