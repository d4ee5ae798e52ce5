import { expect, test } from 'vitest';
import { namedIn } from './named-programs.ts';

test.each<[string, string[], string[]]>([
  ['npx prisma migrate deploy', ['npx'], []],
  ['FOO=1 BAR="a b" ./migrate.sh up --config=../db/config.yml', ['./migrate.sh'], ['../db/config.yml']],
  ['goose -dir ../../db/migrations postgres "$DATABASE_URL" up', ['goose'], ['../../db/migrations']],
  [`psql -c "select 1; drop table t" && echo done; flyway migrate`, ['psql', 'flyway'], []],
  ['true && exec dbmate up | tee out.log', ['dbmate', 'tee'], []],
  ['for f in a b; do psql -f $f; done', ['psql'], []],
  ['# nothing\n\nalembic upgrade head', ['alembic'], []],
  [String.raw`printf '%s\n' 'a;b' | sort`, ['sort'], []],
  ['(liquibase update)', ['liquibase'], []],
  ['echo "$X" >&2; goose up 2>&1 | tee log', ['goose', 'tee'], []],
  ['dbmate up &>log & sqitch deploy >|log <&3', ['dbmate', 'sqitch'], []],
  ['env A=1 psql', ['env'], []],
  // Only the shell can tell.
  ['if ! flyway info > /dev/null; then flyway migrate; fi', [], []],
  ['[ -x ./up.sh ] && ./up.sh', [], []],
  ['command -v goose && goose up', [], []],
  ['case $A in a|b) psql;; *) exit 1;; esac', [], []],
  ['cd "$APP" && npx knex migrate:latest', [], []],
  ['(cd a; ./x) && ./up', [], []],
  ['goose up; cd .. && ./up db/x && /opt/up', ['goose', '/opt/up'], []],
  ['$TOOL up', [], []],
  ['which x || install x', [], []],
  ['cat <<EOF\nnosuch\nEOF', [], []],
  ['echo $(date)', [], []],
  ['', [], []],
])('%s calls and names', (command, programs, paths) => {
  expect(namedIn(command)).toMatchObject({ programs, paths });
});

test.each([
  ['cd web/app && npx knex migrate:latest', 'web/app', 'npx'],
  ['cd ..\n./up.sh', '..', './up.sh'],
  ['cd - && ./up.sh', '.', undefined],
  ['npx knex migrate:latest', '.', 'npx'],
])('%s runs in %s', (command, folder, first) => {
  expect(namedIn(command)).toMatchObject({ folder, first });
});

test.each([
  ['A=1 exec npm ci && npx knex migrate:latest; psql -f x | sort', 'npm'],
  ['. .venv/bin/activate; alembic upgrade head', undefined],
  ['PATH=$PWD/bin:$PATH goose up', undefined],
])('of %s the first program runs in any case', (command, first) => {
  expect(namedIn(command).first).toBe(first);
});
