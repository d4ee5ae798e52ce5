import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile, link } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpack } from './unpack.ts';

describe('unpacking an archive', () => {
  let dir: string;
  const signal = new AbortController().signal;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'unpack-'));
    await mkdir(join(dir, 'from'));
    await mkdir(join(dir, 'into'));
  });
  afterEach(async () => {
    await rm(dir, { recursive: true, force: true });
  });

  async function put(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(dir, 'from', name, '..'), { recursive: true });
      await writeFile(join(dir, 'from', name), content);
    }
  }

  /** By the system's tar. */
  async function pack(...args: string[]): Promise<void> {
    await execa('tar', ['-czf', join(dir, 'a.tgz'), '-C', join(dir, 'from'), ...args]);
  }

  async function unpackIt(): Promise<string[]> {
    await unpack(join(dir, 'a.tgz'), join(dir, 'into'), signal);
    return (await readdir(join(dir, 'into'), { recursive: true })).sort();
  }

  const files = {
    'result.json': '{}',
    'artifacts/locks.ndjson': 'x'.repeat(200_000),
    'artifacts/empty': '',
    'artifacts/block': 'y'.repeat(512),
    [`deep/${'long-name-'.repeat(15)}.ndjson`]: 'long',
    [`${'folder-of-a-long-name/'.repeat(8)}ä‘🐘’ file`]: 'unicode',
  };

  it.each(['gnu', 'pax', 'ustar'])('gives back what tar packed in its format %s', async (format) => {
    const some = Object.entries(files).filter(([name]) => format !== 'ustar' || name.length < 100);
    await put(Object.fromEntries(some));
    await pack(`--format=${format}`, '.');
    await unpackIt();
    for (const [name, content] of some) {
      expect(await readFile(join(dir, 'into', name), 'utf8')).toBe(content);
    }
  });

  it('takes a format that libarchive writes, with times in pax headers', async () => {
    await put({ a: '1' });
    await pack('--format=pax', '--pax-option=comment=hello=there', 'a');
    expect(await unpackIt()).toEqual(['a']);
  });

  it('makes nothing executable', async () => {
    await put({ tool: '#!/bin/sh' });
    await pack('--mode=a+rwxs', 'tool');
    await unpackIt();
    expect((await stat(join(dir, 'into/tool'))).mode & 0o7133).toBe(0);
  });

  it.each([
    ['a parent folder', ['--transform=s,^,../,', 'a'], 'is no path inside'],
    ['a parent folder in mid-way', ['--transform=s,^,x/../../,', 'a'], 'is no path inside'],
    ['an absolute path', ['-P', '--transform=s,^,/tmp/outside/,', 'a'], 'is no path inside'],
    ['a link', ['to-tmp'], 'neither a file nor a folder (type 2)'],
    ['a hard link', ['a', 'twin'], 'neither a file nor a folder (type 1)'],
  ])('refuses %s', async (_what, args, message) => {
    await put({ a: '1' });
    await symlink('/tmp', join(dir, 'from/to-tmp'));
    await link(join(dir, 'from/a'), join(dir, 'from/twin'));
    await pack('-P', ...args);
    await expect(unpackIt()).rejects.toThrow(message);
  });

  it('refuses an archive that is not whole, wherever it ends', async () => {
    await put(files);
    await pack('.');
    const whole = await readFile(join(dir, 'a.tgz'));
    const tar = gunzipSync(whole);
    for (const bytes of [
      whole.subarray(0, whole.length - 4),
      gzipSync(tar.subarray(0, 1_000)),
      Buffer.from('no'),
    ]) {
      await rm(join(dir, 'into'), { recursive: true });
      await mkdir(join(dir, 'into'));
      await writeFile(join(dir, 'a.tgz'), bytes);
      await expect(unpackIt()).rejects.toThrow();
    }
  });

  it('refuses a header that was changed', async () => {
    await put({ a: '1' });
    await pack('a');
    const tar = gunzipSync(await readFile(join(dir, 'a.tgz')));
    tar.write('b', 0);
    await writeFile(join(dir, 'a.tgz'), gzipSync(tar));
    await expect(unpackIt()).rejects.toThrow('wrong checksum');
  });

  it('replaces no file by a later one of the same name', async () => {
    await put({ a: '1', b: '2' });
    await pack('--transform=s,b,a,', 'a', 'b');
    await expect(unpackIt()).rejects.toThrow('EEXIST');
  });
});
