import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ArchiveFacts, DriverSession } from '../../../infra/remote-job/driver-session.ts';
import { needsSshd } from '../../support/hosts/sshd.ts';
import { useBench, type FakeJob } from './driver-session-fixture.ts';

describe.skipIf(!needsSshd('to collect from a driver over SSH'))('collecting what a driver recorded', () => {
  const bench = useBench();

  async function ended(job: Partial<FakeJob> = {}): Promise<{ session: DriverSession; facts: ArchiveFacts }> {
    const session = await bench.begin({ lines: 1, ...job });
    return { session, facts: (await session.follow(() => undefined)) as ArchiveFacts };
  }

  it('unpacks it into the folder at once and leaves nothing beside it', async () => {
    const { session, facts } = await ended({ evidence: 'one lock\n' });
    await mkdir(join(bench.here, 'arrival'));
    await session.collect(join(bench.here, 'arrival'), facts);
    expect(await readFile(join(bench.here, 'arrival/artifacts/locks.ndjson'), 'utf8')).toBe('one lock\n');
    await session.collect(join(bench.here, 'runs/1'), facts);
    expect(await readdir(join(bench.here, 'runs'))).toEqual(['1']);
    expect((await readdir(bench.here)).sort()).toEqual(['arrival', 'job', 'runs']);
  });

  it('goes on with the download where a cut ended it', async () => {
    const evidence = randomBytes(4_000_000).toString('base64');
    const { session, facts } = await ended({ evidence });
    bench.proxy.cutAfter(() => 1_500_000 + Math.random() * 2_000_000);
    bench.proxy.cut();
    await session.collect(join(bench.here, 'arrival'), facts);
    expect(await readFile(join(bench.here, 'arrival/artifacts/locks.ndjson'), 'utf8')).toBe(evidence);
    expect(bench.proxy.accepted).toBeGreaterThan(2);
  });

  it('refuses an archive with another content or another size, and leaves nothing', async () => {
    const { session, facts } = await ended();
    const before = await readdir(bench.here);
    const to = join(bench.here, 'arrival');
    const other = { ...facts, sha256: '0'.repeat(64) };
    await expect(session.collect(to, other)).rejects.toThrow(
      /has the sha256 [0-9a-f]{64}; the driver said 0000/,
    );
    const longer = { ...facts, sizeBytes: facts.sizeBytes! + 1 };
    await expect(session.collect(to, longer)).rejects.toThrow(/bytes; the driver said/);
    const outside = { ...facts, archive: '../run.tar.gz' };
    await expect(session.collect(to, outside)).rejects.toMatchObject({ code: 'DRIVER_FAILED' });
    const none = { archive: null, sha256: null, sizeBytes: null };
    await expect(session.collect(to, none)).rejects.toThrow('could not pack');
    expect(await readdir(bench.here)).toEqual(before);
  });

  it('keeps its hands off a folder that holds something', async () => {
    const { session, facts } = await ended();
    await mkdir(join(bench.here, 'arrival'));
    await writeFile(join(bench.here, 'arrival/mine'), 'mine');
    const collect = session.collect(join(bench.here, 'arrival'), facts);
    await expect(collect).rejects.toMatchObject({ code: 'DRIVER_FAILED' });
    expect(await readdir(join(bench.here, 'arrival'))).toEqual(['mine']);
  });
});
