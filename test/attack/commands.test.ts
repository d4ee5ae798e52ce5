import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { rehearse } from '../support/rehearse-process.ts';
import { textsBelow, tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

let tiny: TinyRehearsal;
afterEach(async () => {
  expect(tiny.processes()).toEqual([]);
  expect(await tiny.leftFolders()).toEqual([]);
  await tiny.remove();
});

const PG = new URL('../../node_modules/pg/lib/index.js', import.meta.url).href;
const SECRET = 'pa$HOME`id`ss-9f2c';
const FILES = {
  // A dead port: whoever follows it fails.
  '.env': `DATABASE_URL=postgres://u:p@127.0.0.1:9/prod\nDB_HOST=127.0.0.9\nMONEY_DSN=host=127.0.0.9 dbname=prod\nMYPW='${SECRET}'\n`,
  // As dotenv does: what is set already stays.
  'tool.mjs': `import { readFileSync } from 'node:fs';
    import pg from '${PG}';
    for (const line of readFileSync('.env', 'utf8').split('\\n')) {
      const [name, ...rest] = line.split('=');
      if (name) process.env[name] ??= rest.join('=');
    }
    console.log(process.env.DB_HOST, process.env.MONEY_DSN);
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL, application_name: 'migrate' });
    await client.connect();
    await client.query('alter table customers add column full_name text');
    await client.end();`,
};

it('a rehearsal with the real database in its .env, a secret for the shell, a daemon and a line without end goes on to its end', async () => {
  const plan = `  - { name: migrate, phase: expand, command: '${process.execPath} tool.mjs > told.txt' }
  - { name: secret, phase: expand, touchesDatabase: false, command: 'printf %s "\${MYPW}" > pw.txt; ps -o args= -p $$ > ps.txt; echo "\${MYPW}" >&2' }
  - { name: daemon, phase: expand, touchesDatabase: false, timeout: 20s, command: 'setsid sleep 4323 & true' }
  - { name: long, phase: expand, touchesDatabase: false, timeout: 60s, command: "head -c 300000000 /dev/zero | tr '\\\\0' x; false" }`;
  tiny = await tinyRehearsal(plan, FILES);
  const { code, stdout, stderr } = await rehearse(['run', '.', '--json'], { cwd: tiny.dir, tmp: tiny.tmp });
  const { steps } = JSON.parse(stdout) as { steps: { name: string; status: string; durationMs: number }[] };
  expect(steps.map(({ name, status }) => [name, status])).toEqual([
    ['migrate', 'ok'],
    ['secret', 'ok'],
    ['daemon', 'ok'],
    ['long', 'failed'],
  ]);
  expect(code).toBe(4);
  expect(steps[2]?.durationMs).toBeLessThan(15_000);
  const written = (name: string): Promise<string> => readFile(join(tiny.dir, name), 'utf8');
  expect(await written('told.txt')).not.toContain('127.0.0.9');
  expect(await written('pw.txt')).toBe(SECRET);
  expect(await written('ps.txt')).not.toContain('9f2c');
  const texts = [...(await textsBelow(join(tiny.dir, 'runs'))).values(), stdout, stderr];
  expect(texts.filter((text) => text.includes(SECRET))).toEqual([]);
});

it('a command that migrated nothing here fails its step', async () => {
  tiny = await tinyRehearsal("  - { name: elsewhere, phase: expand, command: 'true' }", FILES);
  const { code, stdout } = await rehearse(['run', '.', '--json'], { cwd: tiny.dir, tmp: tiny.tmp });
  expect(code).toBe(4);
  expect(stdout).toContain('never connected to the rehearsed database');
});
