import type { StatementResult } from '../../checks/result.ts';
import { formatBytes, formatCount, formatMs, plural } from '../../shared/format.ts';
import { modeName, modeStrength, shortName } from '../facts.ts';

const MOST_LOCKS = 6;
const CAPTURE = {
  transaction: 'lock set exact',
  outside: 'watched from outside, every 10 ms',
  none: 'lock set not seen',
};

export function StatementTable({ statements }: { statements: readonly StatementResult[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Statements">
      <table>
        <thead>
          <tr>
            <th scope="col" class="r">
              #
            </th>
            <th scope="col">Statement</th>
            <th scope="col" class="r">
              took
            </th>
            <th scope="col" class="r">
              rows
            </th>
            <th scope="col" class="r">
              waited
            </th>
            <th scope="col" class="r">
              held
            </th>
            <th scope="col" class="r">
              blackout
            </th>
            <th scope="col">Locks, victims, changes</th>
          </tr>
        </thead>
        <tbody>
          {statements.map((statement) => (
            <tr class={statement.error ? 'hit' : ''}>
              <td class="r">{statement.index}</td>
              <td>
                <code>{statement.sql}</code>
                {statement.error && (
                  <p class="s-fail small">{`${statement.error.sqlstate ?? ''} ${statement.error.message}`}</p>
                )}
              </td>
              <td class="r">{formatMs(statement.durationMs)}</td>
              <td class="r">{statement.rows === null ? '' : formatCount(statement.rows)}</td>
              <td class="r">{formatMs(statement.lockWaitMs)}</td>
              <td class="r">{formatMs(statement.lockHoldMs)}</td>
              <td class="r">{formatMs(statement.blackoutMs)}</td>
              <td class="small">
                {notes(statement).map((note) => (
                  <div>{note}</div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function notes(statement: StatementResult): string[] {
  const { victims, victimsByScript, rewrote, walBytes, sizeChangeBytes } = statement;
  const lines = [lockLine(statement)];
  if (rewrote.length > 0) lines.push(`rewrote ${rewrote.map(shortName).join(', ')}`);
  if (victims.delayed + victims.failed > 0) {
    lines.push(
      `${plural(victims.delayed, 'request')} delayed (longest ${formatMs(statement.longestVictimMs)}, ${victims.delayedSeconds.toFixed(1)} request-seconds), ${formatCount(victims.failed)} failed`,
    );
    lines.push(
      ...victimsByScript.map(
        ({ version, script, delayed, failed, sqlstates }) =>
          `${version}/${script}: ${victimText(delayed, failed, sqlstates)}`,
      ),
    );
  }
  if (statement.blockedSessionSeconds > 0) {
    lines.push(
      `blocked up to ${plural(statement.peakBlockedSessions, 'session')}, ${statement.blockedSessionSeconds.toFixed(2)} session-seconds`,
    );
  }
  if (statement.blockedBy.length > 0) lines.push(`waited for: ${statement.blockedBy.join(', ')}`);
  const sizes = [
    walBytes === null || walBytes === 0 ? null : `WAL ${formatBytes(walBytes)}`,
    sizeChangeBytes === null || sizeChangeBytes === 0
      ? null
      : `size ${sizeChangeBytes > 0 ? '+' : ''}${formatBytes(sizeChangeBytes)}`,
  ].filter((text) => text !== null);
  if (sizes.length > 0) lines.push(sizes.join(', '));
  return lines;
}

function victimText(delayed: number, failed: number, sqlstates: readonly string[]): string {
  const parts = [];
  if (delayed > 0) parts.push(`${formatCount(delayed)} delayed`);
  if (failed > 0)
    parts.push(`${formatCount(failed)} failed${sqlstates.length > 0 ? ` (${sqlstates.join(', ')})` : ''}`);
  return parts.join(', ');
}

function lockLine({ locks, capture }: StatementResult): string {
  const sorted = [...locks].sort((a, b) => modeStrength(b.mode) - modeStrength(a.mode));
  const shown = sorted
    .slice(0, MOST_LOCKS)
    .map(({ relation, mode }) => `${shortName(relation)} ${modeName(mode)}`);
  if (sorted.length > MOST_LOCKS) shown.push(`${sorted.length - MOST_LOCKS} more`);
  return `${shown.length === 0 ? 'no relation locks' : shown.join('; ')} (${CAPTURE[capture]})`;
}
