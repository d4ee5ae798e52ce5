import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type PgClient } from '../../scripts/pg/client.ts';
import { learnNames } from '../../scripts/pg/messages/learn-names.ts';
import { forgetNames, registerAuthorText } from '../../scripts/pg/messages/public-names.ts';
import { publicPgError } from '../../scripts/pg/pg-error.ts';
import { stepErrorAt } from '../../scripts/replay/session/step-failure.ts';
import { asError } from '../../scripts/shared/errors.ts';
import { keepPrivateWordsIn } from '../../scripts/shared/text/private-words.ts';
import { CANARY, newSearch, searchText } from '../support/runs/canary.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import { BIRDS, FAILING } from './canary-statements.ts';

let database: TestDatabase;
let client: PgClient;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'canary-'));
  keepPrivateWordsIn(folder);
  forgetNames();
  database = await startTestDatabase();
  client = await connect(database.endpoint, 'migration');
  await client.query(BIRDS);
  await learnNames(client);
});
afterAll(async () => {
  keepPrivateWordsIn(undefined);
  await client.end();
  await database.stop();
  await rm(folder, { recursive: true });
});

/** Everything that any part of the tool could say of an error, whoever logs or prints it. */
function everythingOf(error: Error, sql: string): string {
  const own = Object.fromEntries(
    Object.getOwnPropertyNames(error).map((name) => [name, Reflect.get(error, name) as unknown]),
  );
  const at = { file: 'x.sql', line: 1, sql };
  return JSON.stringify([own, String(error), error.stack, publicPgError(error), stepErrorAt(error, at)]);
}

describe('a database in which every value is a canary', () => {
  test('tells none of them in any message of any statement that fails', async () => {
    const searched = newSearch();
    const notices: string[] = [];
    client.on('notice', (notice) => notices.push(everythingOf(notice as unknown as Error, '')));
    const classes = new Map<string, number>();
    const succeeded: string[] = [];
    for (const sql of FAILING) {
      registerAuthorText(sql);
      await client.query('begin');
      const outcome = await client.query(sql).then(
        () => undefined,
        (error: unknown) => asError(error),
      );
      await client.query('rollback');
      if (outcome === undefined) {
        succeeded.push(sql);
        continue;
      }
      const { sqlstate, message } = publicPgError(outcome);
      expect(message).not.toBe('');
      const group = sqlstate?.slice(0, 2) ?? 'none';
      classes.set(group, (classes.get(group) ?? 0) + 1);
      searchText(sql, everythingOf(outcome, sql), searched);
    }
    for (const notice of notices) searchText('a notice', notice, searched);
    const failed = FAILING.length - succeeded.length;
    process.stdout.write(
      `canary: ${failed} failing statements of classes ${[...classes.keys()].sort().join(' ')}, ${searched.bytes} bytes searched, ${searched.found.length} found\n`,
    );
    expect(searched.found).toEqual([]);
    expect(succeeded).toEqual([]);
    expect(failed).toBeGreaterThan(100);
  });

  test('keeps the words where only the owner finds them', async () => {
    expect(await readFile(join(folder, 'private', 'said.txt'), 'utf8')).toContain(CANARY);
  });

  test.each([
    ['select nothing from birds', 'column "nothing" does not exist'],
    ['select * from nowhere', 'relation "nowhere" does not exist'],
    [
      'insert into unique_notes select note from birds',
      'duplicate key value violates unique constraint "unique_notes_note_key"',
    ],
    ['create unique index on birds (left(note, 0))', 'could not create unique index "birds_left_idx"'],
    [
      'alter table birds alter column note type int using note::int',
      'invalid input syntax for type integer: "…"',
    ],
    ['insert into birds (id, nope) values (1, 2)', 'column "nope" of relation "birds" does not exist'],
    ['update birds set id = note', 'column "id" is of type integer but expression is of type text'],
    ['select note::regclass from birds', 'relation "…" does not exist'],
    ['selec 1', 'syntax error at or near "selec"'],
    ['alter table birds alter column note type varchar(4)', 'value too long for type character varying(4)'],
    [
      "do $$ begin raise exception 'x'; end $$",
      'raise_exception, raised by code in words that may quote rows (they are in private/said.txt of the run folder)',
    ],
  ])('still says what is wrong with %s', async (sql, message) => {
    registerAuthorText(sql);
    await expect(client.query(sql)).rejects.toMatchObject({ message });
  });
});
