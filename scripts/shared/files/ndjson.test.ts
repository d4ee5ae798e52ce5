import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NdjsonWriter, readNdjson } from './ndjson.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ndjson-test-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function read(path: string): Promise<unknown[]> {
  const records = [];
  for await (const chunk of readNdjson(path)) records.push(...chunk);
  return records;
}

describe('ndjson', () => {
  it('gives back what was written, line by line', async () => {
    const writer = new NdjsonWriter<unknown>(join(dir, 'a.ndjson'));
    const records = [{ a: 1 }, [1, 'two', null], { text: 'line\nbreak — ü' }];
    for (const record of records) writer.write(record);
    await writer.close();
    expect(await read(join(dir, 'a.ndjson'))).toEqual(records);
  });

  it('leaves out a last line that a crash cut short, and throws on a broken line before it', async () => {
    await writeFile(join(dir, 'cut.ndjson'), '{"a":1}\n{"a":2}\n{"a":');
    expect(await read(join(dir, 'cut.ndjson'))).toEqual([{ a: 1 }, { a: 2 }]);
    await writeFile(join(dir, 'broken.ndjson'), '{"a":1}\n{"a":\n{"a":3}\n');
    await expect(read(join(dir, 'broken.ndjson'))).rejects.toThrow(SyntaxError);
  });

  it('reads an empty file as no records, and a missing one as an error', async () => {
    await writeFile(join(dir, 'empty.ndjson'), '');
    expect(await read(join(dir, 'empty.ndjson'))).toEqual([]);
    await expect(read(join(dir, 'missing.ndjson'))).rejects.toThrow('ENOENT');
  });

  it('tells at the end that a write failed', async () => {
    const writer = new NdjsonWriter(join(dir, 'no-such-folder', 'a.ndjson'));
    writer.write({ a: 1 });
    await expect(writer.close()).rejects.toThrow('ENOENT');
  });
});
