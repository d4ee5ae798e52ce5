import { describe, expect, it } from 'vitest';
import { besideOf, toolRuleOf } from './migration-tools.ts';
import { upPart } from './parts.ts';

/** `tool: transaction`, and how the file is run. */
function rule(file: string, text = 'select 1;'): string {
  const found = toolRuleOf(file, text);
  if (!found) return 'none';
  return `${found.tool}: ${found.transaction}${found.down ? ', down' : ''}`;
}

describe('a migration tool', () => {
  it.each([
    ['sql/0001_add.up.sql', 'golang-migrate: file'],
    ['sql/0001_add.down.sql', 'golang-migrate: file, down'],
    ['migrations/2026-11-01-120000_add/up.sql', 'diesel: file'],
    ['migrations/2026-11-01-120000_add/down.sql', 'diesel: file, down'],
    ['prisma/migrations/20261101120000_add/migration.sql', 'Prisma: file'],
    ['V1_2__add.sql', 'Flyway: file'],
    ['db/R__views.sql', 'Flyway: file'],
    ['U1_2__add.sql', 'Flyway: file, down'],
    ['supabase/migrations/20261101120000_add.sql', 'Supabase: file'],
    ['001.do.add.sql', 'Postgrator: file'],
    ['001.undo.add.sql', 'Postgrator: file, down'],
    ['drizzle/0000_add.sql', 'none'],
    ['sql/1-expand.sql', 'none'],
    ['migrations/20261101120000_add.sql', 'none'],
    ['sql/20261101_note.sql', 'none'],
  ])('is known by the name %s', (file, expected) => {
    expect(rule(file)).toBe(expected);
  });

  it.each([
    ['-- +goose Up\nselect 1;', 'goose: file'],
    ['-- +goose NO TRANSACTION\n-- +goose Up\nselect 1;', 'goose: as-written'],
    ['-- migrate:up\nselect 1;', 'dbmate: file'],
    ['-- migrate:up transaction:false\nselect 1;', 'dbmate: file'],
    ['-- +migrate Up\nselect 1;', 'sql-migrate: file'],
    ['-- +migrate Up notransaction\nselect 1;', 'sql-migrate: as-written'],
    ['-- +micrate Up\nselect 1;', 'micrate: as-written'],
    ['-- Up Migration\nselect 1;', 'node-pg-migrate: single'],
    ['select 1;\n---- create above / drop below ----\nselect 2;', 'tern: file'],
    ['---- tern: disable-tx ----\nselect 1;', 'tern: as-written'],
    ['select 1;\n-- //@UNDO\nselect 2;', 'MyBatis Migrations: file'],
    ['# --- !Ups\nselect 1;\n# --- !Downs\nselect 2;', 'Play evolutions: as-written'],
    ['-- rambler up\nselect 1;', 'rambler: as-written'],
    ['-- ==== UP ====\nselect 1;\n-- ==== DOWN ====\n', 'a tool that marks -- up and -- down: as-written'],
    ['-- down\nselect 1;', 'none'],
    ['select 1;--> statement-breakpoint\nselect 2;', 'Drizzle: single'],
    ['-- atlas:txmode none\n\nselect 1;', 'Atlas: as-written'],
    ['-- depends: 1\nselect 1;', 'yoyo: file'],
    ['-- transactional: false\nselect 1;', 'yoyo: as-written'],
    ['-- +goose Down\nselect 1;', 'goose: file, down'],
    ["select '-- +goose Up';", 'none'],
    ['-- we migrate: up and away', 'none'],
  ])('is known by its markers in %j', (text, expected) => {
    expect(rule('sql/a.sql', text)).toBe(expected);
  });

  it('is known by what lies beside its files, and left to say more there', () => {
    expect(besideOf('drizzle/0000_add.sql')).toBe('drizzle/meta/_journal.json');
    expect(toolRuleOf('drizzle/0000_add.sql', 'select 1;', { beside: '{}' })?.tool).toBe('Drizzle');
    expect(besideOf('../../deploy/add.sql')).toBe('../../sqitch.plan');
    expect(toolRuleOf('revert/add.sql', 'select 1;', { beside: 'add' })).toMatchObject({
      tool: 'Sqitch',
      transaction: 'as-written',
      down: true,
    });
    const atlas = (text: string) =>
      toolRuleOf('migrations/20261101120000_add.sql', text, { beside: 'h1:' })?.transaction;
    expect([atlas('select 1;'), atlas('-- atlas:txmode none\n\nselect 1;')]).toEqual(['file', 'as-written']);
    expect(besideOf('V1__a.sql')).toBe('V1__a.sql.conf');
    expect(toolRuleOf('V1__a.sql', 'vacuum;', { beside: 'executeInTransaction=false' })?.transaction).toBe(
      'as-written',
    );
    expect(toolRuleOf('V1__a.sql', 'vacuum;', { beside: '# executeInTransaction=false' })?.transaction).toBe(
      'file',
    );
    expect(besideOf('m/2026-11-01-120000_a/up.sql')).toBe('m/2026-11-01-120000_a/metadata.toml');
    expect(besideOf('sql/1-expand.sql')).toBeUndefined();
  });

  it('is another one in a project of Rust where two name their files alike', () => {
    const rust = (file: string, text: string) => toolRuleOf(file, text, { isRust: true });
    expect(rust('1_add.up.sql', 'select 1;')).toMatchObject({
      tool: 'sqlx',
      transaction: 'file',
      begins: 'anew',
    });
    expect(rust('1_add.up.sql', '-- no-transaction\nselect 1;')).not.toHaveProperty('begins');
    expect(rust('db/migrations/20261101120000_add.sql', 'select 1;')).toMatchObject({ tool: 'sqlx' });
    expect(rust('sql/20261101120000_add.sql', 'select 1;')).toBeUndefined();
    expect(rust('V1__a.sql', 'select 1;')).toMatchObject({ tool: 'refinery', begins: 'anew' });
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
  expect(part('select 1;\n---- create above / drop below ----\nselect 2;')).toBe('select 1;\n\n');
  expect(part('# --- !Ups\nselect 1;\n# --- !Downs\nselect 2;')).toBe('\nselect 1;\n\n');
});
