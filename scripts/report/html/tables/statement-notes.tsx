import type { StatementResult } from '../../../checks/result/contract/result.ts';
import { formatCount, formatMs, plural } from '../../../shared/text/format.ts';
import { impactOf } from '../../blockers.ts';
import { shortName } from '../../facts/facts.ts';
import { lockGroups, slotsText } from '../../lock-groups.ts';
import { noticeLines } from '../../notice-lines.ts';
import { Problem } from '../problem.tsx';
import { Queue } from './queue.tsx';

const MOST_LOCKS = 6;
const CAPTURE = {
  transaction: 'read inside its own transaction: exact',
  outside: 'watched from outside',
  none: 'not seen',
};

/** Which locks a statement took, whom it waited for, and who waited for it. */
export function StatementNotes({ statement }: { statement: StatementResult }) {
  const { rewrote, blockedBy, blockers, waiters, error, peakBlockedSessions, blockedSessionSeconds } =
    statement;
  const { settings = [] } = statement;
  const slots = slotsText(statement);
  return (
    <>
      {error && <Problem error={error} />}
      {noticeLines(statement).map((line) => (
        <div class={line.startsWith('WARNING') ? 's-warn' : ''}>{line}</div>
      ))}
      <div>
        {locksOf(statement)} <span class="mut">{`(locks ${CAPTURE[statement.capture]})`}</span>
      </div>
      {settings.length > 0 && <div>{`ran under ${settings.map(settingText).join(', ')}`}</div>}
      {rewrote.length > 0 && (
        <div class="s-warn">{`rewrote all of ${rewrote.map(shortName).join(', ')}`}</div>
      )}
      {slots !== null && <div class="s-warn">{slots}</div>}
      {/* Older results name no more than the roles. */}
      {blockers === undefined && blockedBy.length > 0 && (
        <div>{`it waited for: ${blockedBy.join(', ')}`}</div>
      )}
      {waiters === undefined && blockedSessionSeconds > 0 && (
        <div>
          {`up to ${plural(peakBlockedSessions, 'session')} of the app stood behind it, ${blockedSessionSeconds.toFixed(2)} session-seconds in all`}
        </div>
      )}
      <Queue impact={impactOf(statement)} />
      <WhoSuffered statement={statement} />
    </>
  );
}

function locksOf({ locks }: StatementResult): string {
  if (locks.length === 0) return 'no relation locks';
  const groups = lockGroups(locks);
  const shown = groups.slice(0, MOST_LOCKS);
  if (groups.length > MOST_LOCKS) shown.push(`${groups.length - MOST_LOCKS} more`);
  return shown.join('; ');
}

/** What the author's SQL set before it wins over what the step shows. */
function settingText({ name, value, file, line }: NonNullable<StatementResult['settings']>[number]): string {
  return `${name} ${value ?? 'of the server'} (${file} line ${line})`;
}

function WhoSuffered({ statement }: { statement: StatementResult }) {
  const { victims, victimsByScript, longestVictimMs, requestsOverBudget } = statement;
  if (victims.delayed + victims.failed === 0) return null;
  const parts = [];
  if (victims.delayed > 0) {
    parts.push(
      `${plural(victims.delayed, 'request')} waited, the longest ${formatMs(longestVictimMs)}, ${requestSeconds(victims.delayedSeconds)} in all`,
    );
  }
  if (requestsOverBudget != null)
    parts.push(`${plural(requestsOverBudget, 'request')} over the budget for p99`);
  if (victims.failed > 0) parts.push(`${plural(victims.failed, 'request')} failed`);
  return (
    <div class="tree">
      <b>{parts.join('; ')}</b>
      {victimsByScript.map(({ version, script, delayed, failed, sqlstates }) => (
        <div class="mut">{`${version} / ${script}: ${suffered(delayed, failed, sqlstates)}`}</div>
      ))}
    </div>
  );
}

/** Requests times seconds, beyond what they take on a quiet server. */
function requestSeconds(seconds: number): string {
  return `${seconds < 10 ? seconds.toFixed(1) : formatCount(seconds)} request-seconds of delay`;
}

function suffered(delayed: number, failed: number, sqlstates: readonly string[]): string {
  const parts = [];
  if (delayed > 0) parts.push(`${formatCount(delayed)} delayed`);
  if (failed > 0) {
    parts.push(`${formatCount(failed)} failed${sqlstates.length > 0 ? ` with ${sqlstates.join(', ')}` : ''}`);
  }
  return parts.join(', ');
}
