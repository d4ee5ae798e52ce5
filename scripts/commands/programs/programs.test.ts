import { expect, test } from 'vitest';
import { namedIn } from './programs.ts';

test.each<[string, string[], string[]]>([
  ['npx prisma migrate deploy', ['npx'], []],
  ['FOO=1 BAR="a b" ./migrate.sh up --config=../db/config.yml', ['./migrate.sh'], ['../db/config.yml']],
  ['goose -dir ../../db/migrations postgres "$DATABASE_URL" up', ['goose'], ['../../db/migrations']],
  [`psql -c "select 1; drop table t" && echo done; flyway migrate`, ['psql', 'flyway'], []],
  ['test -n "$X" && exec dbmate up | tee out.log', ['dbmate', 'tee'], []],
  ['for f in a b; do psql -f $f; done', ['psql'], []],
  ['# nothing\n\nalembic upgrade head', ['alembic'], []],
  [String.raw`printf '%s\n' 'a;b' | sort`, ['sort'], []],
  ['(liquibase update)', ['liquibase'], []],
  // Only the shell can tell.
  ['cd .. && npx knex migrate:latest', [], []],
  ['$TOOL up', [], []],
  ['which x || install x', [], []],
  ['cat <<EOF\nnosuch\nEOF', [], []],
  ['echo $(date)', [], []],
  ['', [], []],
])('%s calls and names', (command, programs, paths) => {
  expect(namedIn(command)).toEqual({ programs, paths });
});
