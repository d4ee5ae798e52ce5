import { createHash, randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TransferProgress } from '../../../infra/remote-job/driver-session.ts';
import { needsSshd } from '../../support/hosts/sshd.ts';
import { useBench } from './driver-session-fixture.ts';

const BIG_BYTES = 6_000_000;

describe.skipIf(!needsSshd('to upload to a driver over SSH'))('bringing a job to the driver host', () => {
  const bench = useBench();

  async function makeFile(name: string, bytes = randomBytes(BIG_BYTES)): Promise<string> {
    const path = join(bench.here, name);
    await writeFile(path, bytes);
    return path;
  }

  it('puts files and documents into folders of the job, readable by nobody else', async () => {
    const session = await bench.open();
    const [plan, tool, empty] = await Promise.all([
      makeFile("it's a plan.sql", Buffer.from('select 1;')),
      makeFile('tool.sh', Buffer.from('#!/bin/sh')),
      makeFile('empty', Buffer.alloc(0)),
    ]);
    await chmod(tool, 0o755);
    const files = [
      { from: plan, to: "rehearsal/sql/it's a plan.sql" },
      { from: tool, to: 'rehearsal/tool.sh' },
      { from: empty, to: 'rehearsal/sql/deep/er/empty' },
    ];
    await session.upload(
      { files, documents: [{ to: 'job.json', text: 'geheim ‘ä’', mode: 0o600 }] },
      () => undefined,
    );
    for (const { from, to } of files) {
      expect(await readFile(join(bench.dir, to))).toEqual(await readFile(from));
    }
    expect(await readFile(join(bench.dir, 'job.json'), 'utf8')).toBe('geheim ‘ä’');
    const modes = ['', 'rehearsal/sql', 'job.json', 'rehearsal/tool.sh', files[0]!.to].map(modeOf);
    expect(await Promise.all(modes)).toEqual(['700', '700', '600', '700', '600']);
  });

  it('replaces a document, also one that somebody had opened to everybody', async () => {
    const session = await bench.open();
    const write = async (text: string): Promise<void> => {
      await session.upload(
        { files: [], documents: [{ to: 'job.json', text, mode: 0o600 }] },
        () => undefined,
      );
    };
    await write('first');
    await chmod(join(bench.dir, 'job.json'), 0o666);
    await writeFile(join(bench.dir, 'job.json.rehearse-part'), 'left half by a cut', { mode: 0o666 });
    await write('second');
    expect(await readFile(join(bench.dir, 'job.json'), 'utf8')).toBe('second');
    expect(await modeOf('job.json')).toBe('600');
  });

  it.each(['../outside', '/etc/outside', 'a/../../outside', 'a//b', './a', 'a\\b'])(
    'refuses the path %s',
    async (to) => {
      const session = await bench.open();
      const upload = session.upload(
        { files: [], documents: [{ to, text: '', mode: 0o600 }] },
        () => undefined,
      );
      await expect(upload).rejects.toThrow('is no path inside the job');
    },
  );

  it('brings what comes as a stream, from its beginning again where the connection is cut', async () => {
    const bytes = randomBytes(BIG_BYTES);
    const session = await bench.open();
    let readings = 0;
    async function* read(): AsyncGenerator<Buffer> {
      readings += 1;
      for (let at = 0; at < bytes.length; at += 100_000) {
        if (readings === 1 && at === 3_000_000) bench.proxy.cut();
        yield bytes.subarray(at, at + 100_000);
        await Promise.resolve();
      }
    }
    const stream = { to: 'snapshot/fetched', read, sizeBytes: () => bytes.length };
    await session.upload({ files: [], documents: [], streams: [stream] }, () => undefined);
    expect(readings).toBe(2);
    expect((await readFile(join(bench.dir, 'snapshot/fetched'))).equals(bytes)).toBe(true);
    await session.upload({ files: [], documents: [], streams: [stream] }, () => undefined);
    expect(readings).toBe(2);
  });

  it('tells how far it came, how fast, and when it will be there', async () => {
    const from = await makeFile('snapshot');
    const session = await bench.open();
    bench.proxy.delay(5);
    const seen: TransferProgress[] = [];
    await session.upload({ files: [{ from, to: 'snapshot' }], documents: [] }, (progress) =>
      seen.push(progress),
    );
    expect(seen.at(-1)).toMatchObject({ bytes: BIG_BYTES, totalBytes: BIG_BYTES, etaMs: 0 });
    expect(seen.at(-1)!.bytesPerSec).toBeGreaterThan(10_000);
    const bytes = seen.map((progress) => progress.bytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
  });

  it('arrives whole when the connection is cut again and again, and sends little twice', async () => {
    const files = await Promise.all(
      [1, 2, 3].map(async (n) => ({ from: await makeFile(`part-${n}`), to: `snapshot/part-${n}` })),
    );
    bench.proxy.cutAfter(() => 1_000_000 + Math.random() * 4_000_000);
    const session = await bench.open();
    let last: TransferProgress | undefined;
    await session.upload({ files, documents: [] }, (progress) => (last = progress));
    for (const { from, to } of files) expect(await hashOf(join(bench.dir, to))).toBe(await hashOf(from));
    expect(last).toMatchObject({ bytes: 3 * BIG_BYTES, totalBytes: 3 * BIG_BYTES });
    expect(bench.proxy.accepted).toBeGreaterThan(3);
    expect(bench.proxy.accepted).toBeLessThan(60);
  });

  it('goes on from where an earlier session came to, and sends nothing twice that is there', async () => {
    const from = await makeFile('snapshot');
    await mkdir(bench.dir, { mode: 0o700 });
    await copyFile(from, join(bench.dir, 'snapshot.rehearse-part'));
    await truncate(join(bench.dir, 'snapshot.rehearse-part'), BIG_BYTES - 1_000_000);
    bench.proxy.cutAfter(() => 2_000_000); // more than what lacks, less than the whole
    const session = await bench.open();
    const job = { files: [{ from, to: 'snapshot' }], documents: [] };
    await session.upload(job, () => undefined);
    expect(await hashOf(join(bench.dir, 'snapshot'))).toBe(await hashOf(from));
    await session.upload(job, () => undefined);
    expect(bench.proxy.accepted).toBe(1);
  });

  it('begins again where what lies there is something else', async () => {
    const from = await makeFile('snapshot', randomBytes(200_000));
    await mkdir(bench.dir, { mode: 0o700 });
    await writeFile(join(bench.dir, 'snapshot.rehearse-part'), randomBytes(100_000));
    await writeFile(join(bench.dir, 'snapshot'), randomBytes(200_000));
    const session = await bench.open();
    await session.upload({ files: [{ from, to: 'snapshot' }], documents: [] }, () => undefined);
    expect(await hashOf(join(bench.dir, 'snapshot'))).toBe(await hashOf(from));
  });

  it('says which side refused when a file cannot be read or written', async () => {
    const session = await bench.open();
    const missing = { files: [{ from: join(bench.here, 'missing'), to: 'a' }], documents: [] };
    await expect(session.upload(missing, () => undefined)).rejects.toMatchObject({ code: 'DRIVER_FAILED' });
    const from = await makeFile('plan.sql', Buffer.from('select 1;'));
    await mkdir(join(bench.dir, 'plan.sql'), { recursive: true });
    const taken = session.upload({ files: [{ from, to: 'plan.sql' }], documents: [] }, () => undefined);
    await expect(taken).rejects.toThrow('the job cannot be brought to the driver host: ');
  });

  async function modeOf(path: string): Promise<string> {
    return ((await stat(join(bench.dir, path))).mode & 0o777).toString(8);
  }
});

async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
