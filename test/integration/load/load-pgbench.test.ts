import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../../scripts/load/expressions/evaluate.ts';
import { parseExpression } from '../../../scripts/load/expressions/expression-parser.ts';
import { Random } from '../../../scripts/load/chance/random.ts';
import { ScriptError } from '../../../scripts/load/script-error.ts';
import type { Scalar } from '../../../scripts/load/expressions/values.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { needs } from '../../support/needs.ts';
import { SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';

const DEBIAN = join(SYSTEM_POSTGRES.binDir, 'pgbench');
const PGBENCH = existsSync(DEBIAN) ? DEBIAN : 'pgbench';
const VARIABLES = { i: 7n, j: -3n, d: 2.5, n: null, t: true } satisfies Record<string, Scalar>;
const SET_VARIABLES = String.raw`\set i 7
\set j -3
\set d 2.5
\set n null
\set t true`;

/** Any expression whose value does not depend on chance; only numbers where pgbench takes only numbers. */
const { number, truth } = fc.letrec<{ number: string; truth: string }>((tie) => ({
  number: fc.oneof(
    { maxDepth: 4, depthSize: 'large', withCrossShrink: true },
    fc.constantFrom(
      '0',
      '1',
      '2',
      '-1',
      '2.5',
      '.5',
      '1e3',
      '9223372036854775807',
      ':i',
      ':j',
      ':d',
      ':n',
      'null',
    ),
    fc.nat(100).map(String),
    fc
      .tuple(
        tie('number'),
        fc.constantFrom('+', '-', '*', '/', '%', '&', '|', '#', '<<', '>>'),
        tie('number'),
      )
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    tie('number').map((inner) => `(${inner})`),
    fc.tuple(fc.constantFrom('- ', '+', '~ '), tie('number')).map(([sign, inner]) => `${sign}${inner}`),
    fc
      .tuple(fc.constantFrom('abs', 'int', 'double', 'sqrt', 'ln', 'exp'), tie('number'))
      .map(([name, inner]) => `${name}(${inner})`),
    fc
      .tuple(
        fc.constantFrom('least', 'greatest', 'mod', 'power', 'hash', 'hash_fnv1a', 'hash_murmur2'),
        tie('number'),
        tie('number'),
      )
      .map(([name, left, right]) => `${name}(${left}, ${right})`),
    fc
      .tuple(tie('truth'), tie('number'), tie('number'))
      .map(([when, then, otherwise]) => `case when ${when} then ${then} else ${otherwise} end`),
  ),
  truth: fc.oneof(
    { maxDepth: 4, depthSize: 'large', withCrossShrink: true },
    fc.constantFrom('true', 'false', 'null', ':t'),
    fc
      .tuple(tie('number'), fc.constantFrom('<', '<=', '=', '<>', '!=', '>', '>='), tie('number'))
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    fc
      .tuple(tie('truth'), fc.constantFrom('and', 'OR'), tie('truth'))
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    tie('truth').map((inner) => `not ${inner}`),
    tie('truth').map((inner) => `(${inner})`),
    fc
      .tuple(tie('truth'), fc.constantFrom('is null', 'IS NOT TRUE', 'is false', 'isnull', 'NOTNULL'))
      .map(([inner, test]) => `(${inner}) ${test}`),
  ),
}));

/** As pgbench's debug() prints a value. */
function printed(value: Scalar): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return `boolean ${value}`;
  return typeof value === 'bigint' ? `int ${value}` : 'double';
}

let database: TestDatabase;
let dir: string;

/** What debug() printed for each line `\set x debug(…)` of the script. */
async function pgbench(
  expressions: readonly string[],
): Promise<{ ok: boolean; values: string[]; said: string }> {
  const { host, port, user, password, database: name } = database.endpoint;
  const file = join(dir, 'script.sql');
  const lines = expressions.map((expression) => `\\set x debug(${expression})`);
  await writeFile(file, `${SET_VARIABLES}\n${lines.join('\n')}\nselect 1;\n`);
  const ran = await promisify(execFile)(
    PGBENCH,
    ['-n', '-t', '1', '-h', host, '-p', String(port), '-U', user, '-f', file, name],
    {
      env: { ...process.env, PGPASSWORD: password },
    },
  ).then(
    ({ stderr }) => ({ ok: true, stderr }),
    (error: unknown) => ({ ok: false, stderr: String((error as { stderr: unknown }).stderr) }),
  );
  const values = [...ran.stderr.matchAll(/^debug\(.*?\): (.*)$/gm)].map(([, value = '']) => value);
  return { ok: ran.ok, values, said: ran.stderr };
}

describe.skipIf(!needs(PGBENCH, 'to compare expressions with'))('expressions, compared with pgbench', () => {
  beforeAll(async () => {
    database = await startTestDatabase();
    dir = await mkdtemp(join(tmpdir(), 'load-pgbench-'));
  });
  afterAll(async () => {
    await rm(dir, { recursive: true, force: true });
    await database.stop();
  });

  const scope = (): Parameters<typeof evaluate>[1] => {
    return { variables: new Map(Object.entries(VARIABLES)), random: new Random(1, 'unused') };
  };
  const results = fc.sample(fc.oneof(number, truth), { numRuns: 3000, seed: 15 }).map((source) => {
    const expression = parseExpression(source);
    try {
      return { source, value: evaluate(expression, scope()), failed: undefined };
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      return { source, value: null, failed: error.message };
    }
  });

  it('have the same values', async () => {
    const fine = results.filter(({ failed }) => failed === undefined);
    expect(fine.length).toBeGreaterThan(1000);
    const { values, said } = await pgbench(fine.map(({ source }) => source));
    expect(values.length, said.slice(-500)).toBe(fine.length);
    for (const [index, { source, value }] of fine.entries()) {
      const theirs = values[index] ?? '';
      if (typeof value !== 'number') {
        expect(`${source} → ${theirs}`).toBe(`${source} → ${printed(value)}`);
        continue;
      }
      const shown = theirs
        .replace(/^double /, '')
        .replace(/-?(?:nan|NaN)/, 'NaN')
        .replace(/^(-?)inf\w*$/i, '$1Infinity');
      const other = Number(shown);
      const near =
        Object.is(value, other) || value === other || Math.abs(value - other) <= Math.abs(other) * 1e-13;
      expect(near, `${source} → ${theirs}, not ${value}`).toBe(true);
    }
  });

  it('fail for the same reasons', async () => {
    const byMessage = new Map(results.map((result) => [result.failed, result]));
    byMessage.delete(undefined);
    byMessage.delete('bigint abs out of range'); // pgbench lets the smallest integer through as it is
    expect(byMessage.size).toBeGreaterThan(4);
    for (const [message = '', { source }] of byMessage) {
      const { ok, said } = await pgbench([source]);
      expect(ok, source).toBe(false);
      expect(said, source).toContain(message);
    }
  });
});
