import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../../../scripts/shared/clock.ts';
import { Restorer, TABLE } from './snapshot-restorer.ts';

describe('restoring', () => {
  let on: Restorer;

  beforeAll(async () => {
    on = await Restorer.start();
  });
  afterAll(() => on.stop());
  afterEach(async () => {
    expect(await on.sessions()).toBe(0);
  });

  describe('by a command', () => {
    it('gives it the database through the environment, in the folder of the rehearsal', async () => {
      await writeFile(
        join(on.folder, 'seed.mjs'),
        `
        import pg from ${JSON.stringify(import.meta.resolve('pg'))};
        const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
        await client.connect();
        await client.query('create table seeded as select 1 as id, $1::text as name', [process.env.PGAPPNAME]).catch(async () => client.query("create table seeded (id int)"));
        await client.end();`,
      );
      const record = await on.restore({
        kind: 'command',
        command: `${process.execPath} seed.mjs`,
        takenAt: '2026-01-01T00:00:00Z',
      });
      expect(record).toMatchObject({ kind: 'command', takenAt: '2026-01-01T00:00:00Z' });
      expect(record.tables.map(({ name }) => name)).toEqual(['public.seeded']);
    });

    it('tells how it failed, without what it wrote', async () => {
      const command = 'echo "first" >&2; echo "password=$PGPASSWORD at $DATABASE_URL" >&2; exit 7';
      const failed = await on.failure(on.restore({ kind: 'command', command }));
      expect(failed).toMatchObject({
        code: 'RESTORE_FAILED',
        message: 'the snapshot command ended with exit code 7; what it wrote may quote rows and is not shown',
      });
      expect(JSON.stringify(failed)).not.toContain(on.server.endpoint.password);
    });

    it('ends it with all of its children when the run is aborted', async () => {
      const pidFile = join(on.folder, 'child.pid');
      const stop = new AbortController();
      const restoring = on.restore(
        { kind: 'command', command: `sleep 300 & echo $! > ${pidFile}; wait` },
        { signal: stop.signal },
      );
      while (!existsSync(pidFile)) await sleep(20);
      await sleep(100);
      stop.abort(new Error('stopped by the test'));
      await expect(restoring).rejects.toThrow('stopped by the test');
      const pid = Number(await readFile(pidFile, 'utf8'));
      await expect.poll(() => isAlive(pid)).toBe(false);
    });
  });

  it.each([
    ['in a long statement', `${TABLE}select pg_sleep(300);`],
    [
      'in the data of COPY',
      `${TABLE}COPY orders FROM stdin;\n${Array.from({ length: 400_000 }, (_, id) => `${id}\t${'x'.repeat(100)}\n`).join('')}\\.\nselect pg_sleep(300);`,
    ],
  ])('stops at once when the run is aborted %s', async (_, sql) => {
    const stop = new AbortController();
    const seen: string[] = [];
    const restoring = on.restore(await on.file(sql), {
      signal: stop.signal,
      onProgress: (detail) => {
        seen.push(detail);
        stop.abort(new Error('stopped by the test'));
      },
    });
    await expect(restoring).rejects.toThrow('stopped by the test');
    expect(seen.length).toBeGreaterThan(0);
  });
});

/** False for a zombie too: its parent is not ours to blame. */
async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await execa('ps', ['-o', 'stat=', '-p', String(pid)], { reject: false });
  return stdout !== '' && !stdout.startsWith('Z');
}
