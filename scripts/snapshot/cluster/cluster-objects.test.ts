import { expect, it } from 'vitest';
import { SqlScanner } from '../../pg/scanner/sql-scanner.ts';
import { ClusterObjects } from './cluster-objects.ts';

/** What becomes of one statement on a server whose superuser is `postgres`. */
function mapped(sql: string): string | undefined {
  const scanner = new SqlScanner();
  scanner.push(Buffer.from(sql));
  const piece = scanner.next(true);
  if (piece?.type !== 'statement') throw new Error('no statement');
  return new ClusterObjects('postgres').mapped(piece)?.bytes.toString();
}

it.each([
  [
    `ALTER ROLE app WITH LOGIN PASSWORD 'a''b' VALID UNTIL 'x';`,
    `ALTER ROLE app WITH LOGIN VALID UNTIL 'x';`,
  ],
  [`create user "a password 'x'" encrypted password E'a\\'b' login;`, `create user "a password 'x'" login;`],
  [`ALTER ROLE app PASSWORD NULL;`, `ALTER ROLE app;`],
  [
    `ALTER ROLE "pöst" SET application_name TO ' password ''x''';`,
    `ALTER ROLE "pöst" SET application_name TO ' password ''x''';`,
  ],
  [`ALTER ROLE "postgres" WITH NOLOGIN;`, undefined],
  [`DROP ROLE IF EXISTS postgres;`, undefined],
  [`GRANT a TO b WITH ADMIN OPTION GRANTED BY "The boss";`, `GRANT a TO b WITH ADMIN OPTION;`],
  [`GRANT CREATE ON TABLESPACE fast TO app;`, undefined],
  [`CREATE TABLESPACE fast OWNER app LOCATION '/srv/fast';`, undefined],
  [`COMMENT ON TABLESPACE fast IS 'x';`, undefined],
  [`ALTER ROLE app SET local_preload_libraries TO 'x';`, undefined],
  [
    `CREATE USER MAPPING FOR app SERVER s OPTIONS (password 'x');`,
    `CREATE USER MAPPING FOR app SERVER s OPTIONS (password 'x');`,
  ],
])('%s', (sql, expected) => {
  expect(mapped(sql)).toBe(expected);
});
