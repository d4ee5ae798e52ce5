import { createReadStream } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tarEntries } from './tar-entries.ts';

describe('tarEntries', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rehearse-tar-entries-'));
    await writeFile(join(folder, 'PG_VERSION'), '17\n');
    await writeFile(join(folder, '16384'), 'page');
    await truncate(join(folder, '16384'), 1024 ** 2);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it.each(['gnu', 'posix', 'ustar', 'v7'])('gives each file of a %s archive whole', async (format) => {
    const read = await entriesOf(await archive(`--format=${format}`));
    expect(read.toSorted()).toEqual(['16384 1048576', 'PG_VERSION 3']);
  });

  it.each(['gnu', 'posix'])('refuses a %s archive that left holes out', async (format) => {
    const tar = await archive(`--format=${format}`, '--sparse');
    await expect(entriesOf(tar)).rejects.toThrow(/16384 without its holes/);
  });

  async function archive(...flags: string[]): Promise<string> {
    const tar = join(folder, `${flags.join('')}.tar`);
    await execa('tar', [...flags, '-cf', tar, '-C', folder, 'PG_VERSION', '16384']);
    return tar;
  }
});

async function entriesOf(tar: string): Promise<string[]> {
  const read: string[] = [];
  for await (const { path, content } of tarEntries(createReadStream(tar), 'a.tar')) {
    let bytes = 0;
    for await (const chunk of content()) bytes += chunk.length;
    read.push(`${path} ${bytes}`);
  }
  return read;
}
