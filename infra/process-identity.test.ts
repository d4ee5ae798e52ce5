import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { startTimeOfStat } from '../scripts/shared/process-start.ts';
import { currentPidSpace, identityOf, isAlive, signalProcess } from './process-identity.ts';

const FIELDS_4_TO_52 = Array.from({ length: 49 }, (_, index) => String(index + 4)).join(' ');

describe('startTimeOfStat', () => {
  it('finds field 22 behind a name with blanks and brackets', () => {
    expect(startTimeOfStat(`4711 (a) b (c)) S ${FIELDS_4_TO_52}\n`)).toBe('22');
  });

  it('takes a zombie for gone', () => {
    expect(startTimeOfStat(`4711 (postgres) Z ${FIELDS_4_TO_52}\n`)).toBeUndefined();
  });
});

describe('a process identity', () => {
  it('is alive while the process runs and dead after it', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const identity = await identityOf(child.pid!);
    expect(identity).toEqual({ pid: child.pid, startTime: expect.stringMatching(/\S/) as string });
    expect(await isAlive(identity!)).toBe(true);
    expect(await isAlive({ pid: child.pid!, startTime: 'another' })).toBe(false);

    await signalProcess({ pid: child.pid!, startTime: 'another' }, 'SIGKILL');
    expect(await isAlive(identity!)).toBe(true);

    const ended = once(child, 'exit');
    await signalProcess(identity!, 'SIGKILL');
    await ended;
    expect(await isAlive(identity!)).toBe(false);
    await signalProcess(identity!, 'SIGKILL');
  });

  it('belongs to one boot', async () => {
    const space = await currentPidSpace();
    expect(space.bootId).not.toBe('');
    expect(await currentPidSpace()).toEqual(space);
  });
});
