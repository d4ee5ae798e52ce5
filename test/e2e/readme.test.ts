import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { childEnvironment } from '../../scripts/commands/child-environment.ts';
import { withConnection } from '../../scripts/pg/client.ts';
import { cleanCheckout } from '../support/checkout/clean-checkout.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import { readmeBlocks, readmeCommands } from '../support/checkout/readme.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../support/database/system-postgres.ts';

const commands = await readmeCommands();
const isRunnable = needsSystemPostgres('to dump a database');
/** A run that this machine was too busy for. */
const INCONCLUSIVE = 5;

let folder: string;
let clone: string;
let env: NodeJS.ProcessEnv;
let production: TestDatabase;

/** Types one line, or several, in the clone. */
async function typed(text: string): Promise<{ code: number | undefined; said: string }> {
  const { exitCode, all } = await execa('bash', ['-c', text], { cwd: clone, env, reject: false, all: true });
  return { code: exitCode, said: all };
}

/** Puts the dump in the generator's place, as one does by hand. */
const EDITOR = `#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs';
const [file] = process.argv.slice(2);
const own = 'snapshot: { source: snapshot.sql.gz, takenAt: 2026-11-20T02:00:00Z }';
writeFileSync(file, readFileSync(file, 'utf8').replace(/^snapshot: .*$/m, own));
`;

describe.skipIf(!isRunnable)('in a clean clone', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'readme-'));
    await chmod(folder, 0o755); // the server's own user has to reach its data below
    clone = join(folder, 'dress-rehearsal');
    await cleanCheckout(clone);
    for (const name of ['tmp', 'bin']) await mkdir(join(folder, name), { mode: 0o755 });
    await writeFile(join(folder, 'bin', 'editor.mjs'), EDITOR, { mode: 0o755 });
    production = await startTestDatabase([], SYSTEM_POSTGRES.version);
    await withConnection(production.endpoint, 'setup', (client) => client.query('create database mydb'));
    const generate = await readFile(join(clone, 'scripts/cli/init-template/snapshot/generate.sql'), 'utf8');
    const mydb = { ...production.endpoint, database: 'mydb' };
    await withConnection(mydb, 'setup', (client) => client.query(generate));
    env = {
      ...childEnvironment(mydb, 'command', { inherited: process.env }),
      EDITOR: join(folder, 'bin', 'editor.mjs'),
      TMPDIR: join(folder, 'tmp'),
      NO_COLOR: '1',
      REHEARSE_TARGET: 'embedded',
    };
  });
  afterAll(async () => {
    await production.stop();
    await rm(folder, { recursive: true });
  });

  test('the commands of the README lead to a rehearsal of a dump of one’s own', async () => {
    const lines = (commands.get('Your own rehearsal') ?? '').trim().split('\n');
    expect(lines).toHaveLength(5);
    for (const line of lines) {
      const { code, said } = await typed(line);
      expect([0, ...(line.includes(' run ') ? [INCONCLUSIVE] : [])], `${line}\n${said}`).toContain(code);
      if (!line.includes('-- init')) continue;
      // What it says to do next can be typed as it is.
      expect(said).toBe('wrote rehearsals/my-change\nnext: npm run -s rehearse -- run rehearsals/my-change');
      const block = (await readmeBlocks()).find(({ language }) => language === 'yaml');
      const yaml = await readFile(join(clone, 'rehearsals/my-change/rehearsal.yaml'), 'utf8');
      expect(yaml).toBe(block?.text);
    }
    const run = (await readdir(join(clone, 'runs'))).find((name) => name !== 'history.ndjson') ?? '';
    const result = JSON.parse(await readFile(join(clone, 'runs', run, 'result.json'), 'utf8')) as {
      steps: { status: string }[];
    };
    expect(result.steps.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  });

  test('the nightly job ends with the exit code of its rehearsal, and no pipe hides it', async () => {
    await typed('echo "plan: []" > rehearsals/my-change/rehearsal.yaml');
    const { code, said } = await typed(commands.get('Every night') ?? '');
    expect(said).toContain('rehearsals/my-change/rehearsal.yaml has');
    expect(code).toBe(2);
    expect(await readFile(join(clone, 'nightly.log'), 'utf8')).toContain('mistake');
  });

  test('every verb of the table is one of the program', async () => {
    const readme = await readFile(join(clone, 'README.md'), 'utf8');
    const verbs = [...readme.matchAll(/^\| `rehearse (\w+)/gm)].map(([, verb]) => verb);
    const help = (await typed('npm run -s rehearse -- --help')).said;
    const known = [...help.matchAll(/^ {2}(\w+) (?:\[options\] )?/gm)].map(([, verb]) => verb);
    expect(verbs.filter((verb) => !known.includes(verb))).toEqual([]);
    const listed = await typed('npm run -s rehearse -- list');
    expect([listed.code, listed.said.split('\n')[0]]).toEqual([
      0,
      expect.stringContaining('VERDICT') as string,
    ]);
  });
});

test('no command of the README is left out by the tests', () => {
  // The first and the last are played by test/matrix/readme.test.ts, the package by test/matrix/package.test.ts.
  expect([...commands.keys()]).toEqual([
    'Two commands',
    'Your own rehearsal',
    'In your own repository',
    'Every night',
    'On hosts of their own: `pulumi up`',
  ]);
});
