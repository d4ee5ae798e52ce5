import { describe, expect, it } from 'vitest';
import { toolRuleOf, upPart } from './migration-tools.ts';

/** `tool: transaction`, and how the file is run. */
function rule(file: string, text = 'select 1;'): string {
  const found = toolRuleOf(file, text);
  if (!found) return 'none';
  return `${found.tool}: ${found.transaction}${found.down ? ', down' : ''}`;
}

describe('a migration tool', () => {
  it.each([
    ['sql/0001_add.up.sql', 'golang-migrate or sqlx: file'],
    ['sql/0001_add.down.sql', 'golang-migrate or sqlx: file, down'],
    ['migrations/2026-11-01-120000_add/up.sql', 'diesel: file'],
    ['migrations/2026-11-01-120000_add/down.sql', 'diesel: file, down'],
    ['prisma/migrations/20261101120000_add/migration.sql', 'Prisma: file'],
    ['V1_2__add.sql', 'Flyway or refinery: file'],
    ['db/R__views.sql', 'Flyway or refinery: file'],
    ['U1_2__add.sql', 'Flyway or refinery: file, down'],
    ['supabase/migrations/20261101120000_add.sql', 'Supabase: file'],
    ['sql/1-expand.sql', 'none'],
    ['sql/20261101_note.sql', 'none'],
  ])('is known by the name %s', (file, expected) => {
    expect(rule(file)).toBe(expected);
  });

  it.each([
    ['-- +goose Up\nselect 1;', 'goose: file'],
    ['-- +goose NO TRANSACTION\n-- +goose Up\nselect 1;', 'goose: as-written'],
    ['-- migrate:up\nselect 1;', 'dbmate: file'],
    ['-- migrate:up transaction:false\nselect 1;', 'dbmate: as-written'],
    ['-- +migrate Up\nselect 1;', 'sql-migrate: file'],
    ['-- +migrate Up notransaction\nselect 1;', 'sql-migrate: as-written'],
    ['-- +micrate Up\nselect 1;', 'micrate: as-written'],
    ['-- Up Migration\nselect 1;', 'node-pg-migrate: single'],
    ['select 1;--> statement-breakpoint\nselect 2;', 'Drizzle: single'],
    ['-- atlas:txmode none\n\nselect 1;', 'Atlas: as-written'],
    ['-- +goose Down\nselect 1;', 'goose: file, down'],
    ["select '-- +goose Up';", 'none'],
    ['-- we migrate: up and away', 'none'],
  ])('is known by its markers in %j', (text, expected) => {
    expect(rule('sql/a.sql', text)).toBe(expected);
  });

  it('is known to leave a file alone that says so', () => {
    expect(rule('1_add.up.sql', '-- no-transaction\nvacuum t;')).toBe('golang-migrate or sqlx: as-written');
  });
});

it('keeps the part that goes up at its lines, whichever part comes first', () => {
  const up = '-- migrate:up\r\nselect 1;\r\n';
  const down = '-- migrate:down\r\nselect 2;\r\n';
  const part = (text: string): string => {
    const found = toolRuleOf('a.sql', text);
    return found ? upPart(text, found) : '';
  };
  expect(part(`-- head\n${up}\n${down}`)).toBe(`\n${up}\n\n\n`);
  expect(part(`${down}${up}`)).toBe(`\n\n${up}`);
});
