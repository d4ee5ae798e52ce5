import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openListeners, type Listeners } from '../support/servers/listeners.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

const PG = new URL('../../node_modules/pg/lib/index.js', import.meta.url).href;
const NODE = process.execPath;

/** Says its word to every listener, whichever it can reach. */
const TRY = `import { writeFileSync } from 'node:fs';
import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
const [word] = process.argv.slice(2);
const { ways, dnsPort } = JSON.parse(process.env.LISTENERS);
for (const way of Object.values(ways)) {
  await new Promise((resolve) => {
    const socket = connect(way, () => socket.end(word + '\\n'));
    socket.on('error', resolve).on('close', resolve);
    setTimeout(resolve, 2000).unref();
  });
}
const resolver = new Resolver({ timeout: 500, tries: 1 });
resolver.setServers(['127.0.0.1:' + dnsPort]);
await resolver.resolve4('example.org').catch(() => undefined);
writeFileSync(word + '.done', '');`;

const MIGRATE = `import pg from '${PG}';
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query('alter table customers add column full_name text');
console.log(new URL(process.env.DATABASE_URL).hostname, (await client.query('select count(*) from customers')).rows[0].count);
await client.end();`;

const HEAD = `version: 1
name: tiny
snapshot: { command: '${NODE} fill.mjs && ${NODE} try.mjs snapshot' }
load: { rate: 50/s, connections: 4, warmup: 1s, cooldown: 300ms, versions: { old: workload/old, new: workload/new } }
budgets: { lockWait: 5s, errors: 0 }
commands: { network: rehearsed-only }
`;
const FILL = `import { readFileSync } from 'node:fs';
import pg from '${PG}';
const client = new pg.Client();
await client.connect();
await client.query(readFileSync('generate.sql', 'utf8'));
await client.end();`;
const FILES = { 'try.mjs': TRY, 'migrate.mjs': MIGRATE, 'fill.mjs': FILL };

let tiny: TinyRehearsal;
let listeners: Listeners;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'command-network-'));
  listeners = await openListeners(folder);
});
afterEach(async () => {
  await listeners.close();
  await rm(folder, { recursive: true });
  expect(tiny.processes()).toEqual([]);
  expect(await tiny.leftFolders()).toEqual([]);
  await tiny.remove();
});

const run = (env: Record<string, string> = {}): ReturnType<typeof rehearse> =>
  rehearse(['run', '.', '--json'], {
    cwd: tiny.dir,
    tmp: tiny.tmp,
    env: { LISTENERS: JSON.stringify(listeners), TEST_PID: String(process.pid), ...env },
  });

it.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')(
  'a command that is held to the rehearsed database reaches it and nothing else, whatever it starts and however it tries',
  async () => {
    tiny = await tinyRehearsal(
      `  - { name: open, phase: expand, network: open, touchesDatabase: false, command: '${NODE} try.mjs open' }
  - { name: migrate, phase: expand, command: '${NODE} migrate.mjs > told.txt; pwd > pwd.txt; ${NODE} try.mjs closed' }
  - name: daemon
    phase: expand
    touchesDatabase: false
    command: 'setsid ${NODE} try.mjs daemon & while [ ! -e daemon.done ]; do sleep 0.1; done'
  - name: escape
    phase: expand
    touchesDatabase: false
    command: |
      nsenter -t "$TEST_PID" --net --mount ${NODE} try.mjs entered
      unshare -Ur nsenter -t "$TEST_PID" --net ${NODE} try.mjs user
      umount '${folder}/.s.PGSQL.5432' && ${NODE} try.mjs unmounted
      unshare -Urm sh -c "umount '${folder}/.s.PGSQL.5432' && ${NODE} try.mjs within"
      cd "/proc/$TEST_PID/root" && ls . && touch '${folder}/seen'
      ip link add v0 type veth peer name v1 netns "$TEST_PID" && touch '${folder}/cable'
      true
  - { name: elsewhere, phase: expand, command: 'true' }`,
      FILES,
      HEAD,
    );
    const { code, stdout } = await run();
    const result = JSON.parse(stdout) as { steps: { name: string; status: string }[]; limits: string[] };
    expect(result.steps.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'open ok',
      'migrate ok',
      'daemon ok',
      'escape ok',
      'elsewhere failed',
    ]);
    expect(code).toBe(4);
    expect([...listeners.heard].sort()).toEqual(
      [...Object.keys(listeners.ways).map((name) => `${name} open`), 'dns asked'].sort(),
    );
    expect(await readFile(join(tiny.dir, 'told.txt'), 'utf8')).toBe('127.0.0.1 5000\n');
    expect(await readFile(join(tiny.dir, 'pwd.txt'), 'utf8')).toBe(`${tiny.dir}\n`);
    const reached = result.limits.filter((limit) => / could reach /.test(limit) && /command/.test(limit));
    expect(reached.map((limit) => limit.slice(0, 45))).toEqual([
      '1 command could reach what the user who ran t',
      '5 commands with network: rehearsed-only could',
    ]);
  },
);

it('where commands cannot be held to it, nothing starts, and check says so', async () => {
  tiny = await tinyRehearsal(`  - { phase: expand, command: '${NODE} try.mjs closed' }`, FILES, HEAD);
  const refusal = '#!/bin/sh\necho "unshare: Operation not permitted" >&2; exit 1';
  await writeFile(join(folder, 'unshare'), refusal, { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  const { code, stderr } = await run(env);
  expect(stderr).toContain(
    'target embedded: network: rehearsed-only cannot be held here: unshare: Operation not permitted',
  );
  expect(stderr).toContain('use target local, or run as root');
  expect(code).toBe(2);
  expect(listeners.heard).toEqual([]);
  const checked = await rehearse(['check', '.'], { cwd: tiny.dir, tmp: tiny.tmp, env });
  expect(checked.code).toBe(0);
  expect(checked.stderr).toContain('would not start here: target embedded: network: rehearsed-only');
});
