import { describe, expect, it } from 'vitest';
import { splitSql } from '../../pg/sql/split.ts';
import type { TransactionMode } from '../../plan/model.ts';
import { unitsOf } from './units.ts';

async function units(sql: string, mode: TransactionMode = 'as-written'): Promise<string[]> {
  const split = await splitSql(sql);
  if (!split.ok) throw new Error(split.error.message);
  return unitsOf([{ file: 'a.sql', statements: split.statements }], mode).map((unit) =>
    unit.kind === 'block'
      ? `${unit.begin} [${unit.statements.map(({ index, text }) => `${index} ${text}`).join('; ')}] ${unit.end ?? 'left open'}`
      : `${unit.kind} ${unit.statement.index} ${unit.statement.text}`,
  );
}

describe('unitsOf', () => {
  it('commits each statement by itself when the author wrote no transaction', async () => {
    expect(await units('select 1; alter table t add c int;')).toEqual([
      'statement 1 select 1',
      'statement 2 alter table t add c int',
    ]);
  });

  it('keeps the author’s BEGIN … COMMIT together and does not count them as statements', async () => {
    expect(await units('select 0; begin; lock table t; select 1; commit; select 2;')).toEqual([
      'statement 1 select 0',
      'begin [2 lock table t; 3 select 1] commit',
      'statement 4 select 2',
    ]);
  });

  it('sends a statement that PostgreSQL refuses inside a block just as it is', async () => {
    expect(await units('create index concurrently i on t (c); vacuum t;')).toEqual([
      'bare 1 create index concurrently i on t (c)',
      'bare 2 vacuum t',
    ]);
  });

  it('puts one transaction around everything in mode single', async () => {
    expect(await units('select 1; select 2;', 'single')).toEqual(['BEGIN [1 select 1; 2 select 2] COMMIT']);
  });

  it('puts nothing around anything in mode none', async () => {
    expect(await units('select 1; select 2;', 'none')).toEqual(['bare 1 select 1', 'bare 2 select 2']);
  });

  it('leaves a block open that the author never ended', async () => {
    expect(await units('begin; select 1;')).toEqual(['begin [1 select 1] left open']);
  });

  it('sends LOCK TABLE outside a block bare, so that it fails as it does in psql', async () => {
    expect(await units('lock table t;')).toEqual(['bare 1 lock table t']);
  });

  it('follows a COMMIT of the file’s own: the server begins another transaction behind it, a tool that begun one does not', async () => {
    const sql = 'select 1; begin; select 2; commit; select 3; select 4;';
    const split = await splitSql(sql);
    if (!split.ok) throw new Error(split.error.message);
    const told = (begun?: 'once' | 'anew'): string[] =>
      unitsOf([{ file: 'a.sql', statements: split.statements, ...(begun && { begun }) }], 'file').map(
        (unit) =>
          unit.kind === 'block'
            ? `${unit.begin} ${unit.statements.map(({ text }) => text).join(', ')} ${unit.end ?? ''}`
            : `${unit.kind} ${unit.statement.text}`,
      );
    expect(told()).toEqual(['BEGIN select 1, select 2 commit', 'BEGIN select 3, select 4 COMMIT']);
    expect(told('anew')).toEqual([
      'BEGIN select 1, begin, select 2 commit',
      'BEGIN select 3, select 4 COMMIT',
    ]);
    expect(told('once')).toEqual([
      'BEGIN select 1, begin, select 2 commit',
      'statement select 3',
      'statement select 4',
    ]);
  });

  it('puts one transaction around each file in mode file, but none around a single statement or a file that is exempt', async () => {
    const files = [];
    for (const [file, sql, exempt] of [
      ['1.sql', 'select 1; select 2;', false],
      ['2.sql', 'create index concurrently i on t (c);', false],
      ['3.sql', 'select 4; vacuum t;', true],
    ] as const) {
      const split = await splitSql(sql);
      if (!split.ok) throw new Error(split.error.message);
      files.push({ file, statements: split.statements, ...(exempt ? { asWritten: true as const } : {}) });
    }
    const kinds = unitsOf(files, 'file').map((unit) =>
      unit.kind === 'block'
        ? unit.statements.map(({ index }) => index)
        : `${unit.kind} ${unit.statement.index}`,
    );
    expect(kinds).toEqual([[1, 2], 'bare 3', 'statement 4', 'bare 5']);
  });
});
