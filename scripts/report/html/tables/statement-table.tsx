import type { StatementResult } from '../../../checks/result/contract/result.ts';
import { formatBytes, formatCount, formatMs } from '../../../shared/text/format.ts';
import { ColumnHeads } from './column-heads.tsx';
import { Scroll } from '../scroll.tsx';
import { Sql } from '../sql.tsx';
import { StatementNotes } from './statement-notes.tsx';
import { fileOf, isTelling, PAGE, pagesOf, placeOf, summaryOf } from './statement-pages.ts';

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

/** The statements of a step: figures in one row, who suffered and why in the row below; many of them by file, and by the page. */
export function StatementTable({ statements, of }: { statements: readonly StatementResult[]; of: string }) {
  if (statements.length <= PAGE) return <Table statements={statements} of={of} />;
  return (
    <>
      {pagesOf(statements).map(({ title, statements: own, pages }) => (
        <details class="plain" open={own.some(isTelling)}>
          <summary>{`${title}: ${summaryOf(own)}`}</summary>
          {pages.length === 0 && <Table statements={own} of={`${of}, ${title}`} hasFiles />}
          {pages.map((page) => (
            <details class="plain" open={page.some(isTelling)}>
              <summary>{`${placeOf(page)}: ${summaryOf(page)}`}</summary>
              <Table statements={page} of={`${of}, ${placeOf(page)}`} />
            </details>
          ))}
        </details>
      ))}
    </>
  );
}

function Table(props: { statements: readonly StatementResult[]; of: string; hasFiles?: boolean }) {
  const { statements, of, hasFiles = false } = props;
  return (
    <Scroll label={`Statements of ${of}`}>
      <table class="statements">
        <ColumnHeads names={HEADS} />
        {statements.map((statement, at) => (
          <>
            {hasFiles && statement.file !== statements[at - 1]?.file && <FileRow file={fileOf(statement)} />}
            <Statement statement={statement} />
          </>
        ))}
      </table>
    </Scroll>
  );
}

function FileRow({ file }: { file: string }) {
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={HEADS.length}>
          {file}
        </th>
      </tr>
    </tbody>
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
