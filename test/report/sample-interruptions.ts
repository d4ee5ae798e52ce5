import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { passingResult } from './sample-result.ts';

/** Three steps that were cut off: one goes through again, one is there already, one has left an INVALID index. */
export function interruptedResult(): Result {
  const cut = {
    how: 'session',
    file: 'sql/1-expand.sql',
    line: 3,
    cuts: 1,
    moment: 'open',
    message: null,
  } as const;
  const rest = { leftovers: [], serverWentOnMs: 4.6, rowsTwice: null, rowsLeftOut: null };
  return passingResult({
    interruptions: [
      { ...cut, ...rest, step: 'add-column', secondTry: 'ok' },
      {
        ...cut,
        ...rest,
        step: 'add-column',
        how: 'client',
        moment: 'committing',
        secondTry: '42701',
        message: 'column "full_name" of relation "customers" already exists',
        serverWentOnMs: 2190,
      },
      {
        ...cut,
        ...rest,
        step: 'set-not-null',
        moment: 'running',
        secondTry: '42P07',
        message: 'relation "by_name" already exists',
        leftovers: [
          {
            kind: 'index',
            name: 'public.by_name',
            relation: 'public.customers',
            remedy: 'drop index concurrently public.by_name;',
          },
        ],
      },
      {
        ...cut,
        ...rest,
        step: 'backfill-name',
        how: 'client',
        moment: 'running',
        secondTry: 'ok',
        file: null,
        line: null,
        cuts: 3,
        rowsTwice: 312,
        rowsLeftOut: 0,
      },
      {
        ...cut,
        ...rest,
        step: 'set-not-null',
        how: 'client',
        moment: 'done',
        secondTry: 'failed',
        message: 'the transaction was still open',
        serverWentOnMs: null,
      },
      {
        ...cut,
        ...rest,
        step: 'add-column',
        how: 'server',
        secondTry: '42701',
        message: 'column "note" of relation "customers" already exists',
        file: null,
        line: null,
        statement: 'alter table customers add column note text, add column more_notes text',
        moment: 'done',
        downMs: 412,
        leftovers: [
          {
            kind: 'tool-lock',
            name: 'public.schema_migrations',
            relation: '',
            remedy: 'migrate force <the version before it>',
          },
        ],
      },
    ],
  });
}
