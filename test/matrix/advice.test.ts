import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { resultSchema, type Result } from '../../scripts/checks/result/contract/result.ts';
import { rehearse } from '../support/rehearse-process.ts';

/* The shipped rehearsals that fail, and once more with what their own reports propose in the guilty step's place. */

const SHIPPED = fileURLToPath(new URL('../../rehearsals', import.meta.url));
const INCONCLUSIVE = 5;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'advice-'));
  await chmod(folder, 0o755); // the server's own user has to reach its data below
  await mkdir(join(folder, 'tmp'), { mode: 0o755 });
  await cp(SHIPPED, join(folder, 'rehearsals'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

type Step = Record<string, unknown>;
interface Plan {
  plan: Step[];
}

/** Once more where the machine was too busy to tell. */
async function judged(name: string): Promise<Result> {
  const run = () => rehearse(['run', name, '--json'], { cwd: folder, tmp: join(folder, 'tmp') });
  let ended = await run();
  if (ended.code === INCONCLUSIVE) ended = await run();
  if (ended.stdout === '') throw new Error(ended.stderr);
  return resultSchema.parse(JSON.parse(ended.stdout));
}

/** What stays: a prepared statement that returns the column fails once on each connection, however its type came to change. */
const STAYS: Readonly<Record<string, readonly string[]>> = { 'int-to-bigint-direct': ['0A000'] };

test.each(['not-null-direct', 'add-index-plain', 'rename-column-in-place', 'int-to-bigint-direct'])(
  '%s passes with what its report proposes',
  async (name) => {
    const { verdict, findings } = await judged(name);
    const worst = findings.find(({ status, insteadSql }) => status === 'fail' && insteadSql !== null);
    expect([verdict, worst?.insteadSql]).toEqual(['fail', expect.any(String)]);
    await follow(name, worst?.step ?? '', worst?.insteadSql ?? '');
    const followed = await judged(name);
    const failed = followed.findings.filter(
      ({ status, sqlstate }) => status === 'fail' && STAYS[name]?.includes(sqlstate ?? '') !== true,
    );
    expect(failed).toEqual([]);
    expect(followed.steps.map(({ status }) => status)).not.toContain('failed');
  },
);

/** Puts the proposal in the step's place: its SQL, its backfill steps, and the deploy that it waits for. */
async function follow(name: string, guilty: string, insteadSql: string): Promise<void> {
  const dir = join(folder, 'rehearsals', name);
  const file = join(dir, 'rehearsal.yaml');
  const config = parse(await readFile(file, 'utf8')) as Plan;
  const at = config.plan.findIndex((step) => step['name'] === guilty);
  const own = Object.entries(config.plan[at] ?? {}).filter(([key]) => key !== 'name' && key !== 'sql');
  const rest: Step = Object.fromEntries(own);
  const deploys = config.plan.slice(at + 1).filter((step) => 'deploy' in step);
  const later = config.plan.slice(at + 1);
  const parts: Step[] = [];
  let sql: string[] = [];
  const close = async (): Promise<void> => {
    if (sql.length === 0) return;
    const path = `sql/followed-${parts.length}.sql`;
    // As CONCURRENTLY is advised: it waits for as long as it takes.
    const patient = /\bconcurrently\b/i.test(sql.join('\n')) ? ['set lock_timeout = 0;'] : [];
    await writeFile(join(dir, path), `${[...patient, ...sql].join('\n')}\n`);
    parts.push({ ...rest, sql: path, name: `followed-${parts.length}` });
    sql = [];
  };
  for (const line of insteadSql.split('\n')) {
    const [, backfill] = /^-- .*?backfill: (\{.*\})$/.exec(line) ?? [];
    if (backfill !== undefined || /^-- (deploy|then) /.test(line)) await close();
    if (backfill !== undefined) parts.push({ phase: 'backfill', backfill: parse(backfill) as Step });
    else if (line.startsWith('-- deploy ')) parts.push(...deploys.splice(0));
    else if (!line.startsWith('--')) sql.push(line);
  }
  await close();
  const kept = later.filter((step) => !parts.includes(step));
  config.plan = [...config.plan.slice(0, at), ...parts, ...kept];
  const last = parts.at(-1);
  if (deploys.length === 0 && last !== undefined && 'sql' in last) last['pointOfNoReturn'] = true;
  await writeFile(file, stringify(config));
}
