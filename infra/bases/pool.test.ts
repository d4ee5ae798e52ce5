import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ownName } from './in-use.ts';
import { MANIFEST } from './manifest.ts';
import { basesPlace } from './place.ts';
import { BasePool, type NewBase } from './pool.ts';

const HERE = '0000000100000000000000A3';

async function bench(mostBytes = 1_000_000) {
  const root = await mkdtemp(join(tmpdir(), 'bases-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const dir = join(root, 'pool');
  const dataDir = join(root, 'data');
  const files = {
    'base/1/16384': 'r'.repeat(100_000),
    'global/pg_control': 'c',
    'postmaster.opts': 'gone',
    [`pg_wal/${HERE}`]: 'w',
    'pg_wal/0000000100000000000000A2': 'before',
    'pg_wal/archive_status/x': '',
    ...Object.fromEntries(
      [4, 5, 6, 7, 8].map((digit) => [`pg_wal/0000000100000000000000A${digit}`, 'recycled']),
    ),
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(dataDir, name, '..'), { recursive: true });
    await writeFile(join(dataDir, name), text, { mode: 0o600 });
  }
  await mkdir(join(dataDir, 'pg_tblspc'), { recursive: true });
  const pool = new BasePool({ dir, mostBytes });
  const base = (key: string): NewBase => ({
    key,
    source: 'shop.dump',
    server: 'PostgreSQL 18',
    surroundings: '',
    madeInMs: 9000,
    facts: { bytes: 1 },
    dataDir,
    firstSegment: HERE,
  });
  return { root, dir, dataDir, pool, base, clone: join(root, 'clone') };
}

test('a base comes back with every file, but without old log and the marks of one server', async () => {
  const { pool, base, clone, root } = await bench();
  expect(await pool.clone('a', clone)).toBeUndefined();
  expect(await pool.keep(base('a'))).toBeUndefined();
  expect(await pool.clone('other', clone)).toBeUndefined();
  expect(await pool.clone('a', clone)).toMatchObject({
    facts: { bytes: 1 },
    madeInMs: 9000,
    source: 'shop.dump',
  });
  expect((await readFile(join(clone, 'base/1/16384'))).length).toBe(100_000);
  expect((await readdir(clone)).sort()).toEqual(['base', 'global', 'pg_tblspc', 'pg_wal']);
  expect((await readdir(join(clone, 'pg_wal'))).sort()).toEqual([
    HERE,
    '0000000100000000000000A4',
    '0000000100000000000000A5',
    '0000000100000000000000A6',
    'archive_status',
  ]);
  expect(await pool.keep(base('a'))).toBeUndefined(); // it is there
  expect((await readdir(root)).sort()).toEqual(['clone', 'data', 'pool']);
});

test('what a killed process left half is no base, and goes at the next look', async () => {
  const { pool, base, dir, clone } = await bench();
  await pool.keep(base('a'));
  const name = (await pool.list())[0]?.name ?? '';
  const dead = (await ownName(dir, 'abc', 'part')).replace(`-${process.pid}-`, '-4194303-');
  const own = await ownName(dir, 'abc', 'part');
  for (const folder of [dead, own]) await mkdir(join(folder, 'data'), { recursive: true });
  await mkdir(join(dir, 'notes')); // somebody's own
  await pool.keep(base('b'));
  const there = await readdir(dir);
  expect([dead, own, join(dir, 'notes')].map((path) => there.includes(path.slice(dir.length + 1)))).toEqual([
    false,
    true,
    true,
  ]);
  await rm(join(dir, name, 'data/base/1/16384'));
  expect(await pool.clone('a', clone)).toBeUndefined();
  expect(await readdir(join(clone, '..'))).not.toContain('clone');
  await rm(join(dir, name, MANIFEST));
  expect((await pool.list()).map(({ key }) => key)).toEqual(['b']);
});

test('the one that was not used for the longest time makes room, and never one that is being copied', async () => {
  const { pool, base, dir, clone } = await bench(250_000);
  await pool.keep(base('a'));
  await pool.keep(base('b'));
  for (const { name, key } of await pool.list())
    await utimes(join(dir, name, MANIFEST), 1000, Date.now() / 1000 - (key === 'a' ? 90 : 60));
  expect(await pool.clone('a', clone)).toBeDefined(); // used again
  await pool.keep(base('c'));
  expect((await pool.list()).map(({ key }) => key).sort()).toEqual(['a', 'c']);
  const used = (await pool.list()).find(({ key }) => key === 'a')?.name ?? '';
  await writeFile(await ownName(dir, used, 'used'), '');
  expect(await pool.drop(used)).toBe(false);
  await pool.keep(base('d'));
  expect((await pool.list()).map(({ key }) => key).sort()).toEqual(['a', 'd']);
});

test('two runs that keep the same base at once leave one, whole', async () => {
  const { pool, base, dir, clone } = await bench();
  const other = new BasePool({ dir, mostBytes: 1_000_000 });
  expect(await Promise.all([pool.keep(base('a')), other.keep(base('b'))])).toEqual([undefined, undefined]);
  expect(await pool.clone('a', clone)).toBeDefined();
  expect((await readdir(dir)).every((name) => /^[0-9a-f]+$/.test(name))).toBe(true);
});

test('says why a base is not kept', async () => {
  const { pool, base, dataDir } = await bench(1000);
  expect(await pool.keep(base('a'))).toMatch(/^it is larger than all bases may be/);
  await writeFile(join(dataDir, 'pg_tblspc/16999'), '');
  expect(await pool.keep(base('a'))).toBe('it has tablespaces');
});

test('the place comes from the environment, which may want none', () => {
  expect(basesPlace({ REHEARSE_BASES: 'off' })).toBeUndefined();
  expect(basesPlace({ REHEARSE_BASES: '/srv/bases', REHEARSE_BASES_MAX: '2GB' })).toEqual({
    dir: '/srv/bases',
    mostBytes: 2 * 1024 ** 3,
  });
  expect(basesPlace({ XDG_CACHE_HOME: '/c' })?.dir).toBe('/c/dress-rehearsal/bases');
  expect(() => basesPlace({ REHEARSE_BASES: 'here' })).toThrow('is not an absolute path, nor off');
  expect(() => basesPlace({ REHEARSE_BASES_MAX: 'much' })).toThrow('is not a size; write 20GB');
});
