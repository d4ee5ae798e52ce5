import type { StatementResult } from '../../../checks/result/contract/result.ts';
import { formatBytes, formatCount, formatMs } from '../../../shared/text/format.ts';
import { ColumnHeads } from './column-heads.tsx';
import { Scroll } from '../scroll.tsx';
import { Sql } from '../sql.tsx';
import { StatementNotes } from './statement-notes.tsx';

const HEADS = [
  '>#',
  'Statement',
  '>took',
  '>waited',
  '>held',
  '>blackout',
  '>delayed',
  '>failed',
  '>rows',
  '>WAL',
  '>size',
];

/** The statements of a step: figures in one row, who suffered and why in the row below. */
export function StatementTable({ statements, of }: { statements: readonly StatementResult[]; of: string }) {
  return (
    <Scroll label={`Statements of ${of}`}>
      <table class="statements">
        <ColumnHeads names={HEADS} />
        {statements.map((statement) => (
          <Statement statement={statement} />
        ))}
      </table>
    </Scroll>
  );
}

function Statement({ statement }: { statement: StatementResult }) {
  const { index, sql, victims, rows, walBytes, sizeChangeBytes } = statement;
  return (
    <tbody class={statement.error ? 'hit' : ''}>
      <tr class="figures">
        <td class="r">{index}</td>
        <td class="sql-cell">
          <Sql sql={sql} />
        </td>
        <td class="r">{formatMs(statement.durationMs)}</td>
        <td class="r">{formatMs(statement.lockWaitMs)}</td>
        <td class="r">{formatMs(statement.lockHoldMs)}</td>
        <td class="r">{formatMs(statement.blackoutMs)}</td>
        <td class={victims.delayed > 0 ? 'r strong' : 'r'}>{formatCount(victims.delayed)}</td>
        <td class={victims.failed > 0 ? 'r strong' : 'r'}>{formatCount(victims.failed)}</td>
        <td class="r">{rows === null ? '' : formatCount(rows)}</td>
        <td class="r">{walBytes === null ? '' : formatBytes(walBytes)}</td>
        <td class="r">{sizeChangeBytes === null ? '' : signed(sizeChangeBytes)}</td>
      </tr>
      <tr>
        <td />
        <td colSpan={HEADS.length - 1} class="notes">
          <StatementNotes statement={statement} />
        </td>
      </tr>
    </tbody>
  );
}

function signed(bytes: number): string {
  return bytes > 0 ? `+${formatBytes(bytes)}` : formatBytes(bytes);
}
