import { describe, expect, it } from 'vitest';
import { Cleanup } from './cleanup.ts';

describe('Cleanup', () => {
  it('releases in reverse order, goes on after a failure, and reports every failure', async () => {
    const cleanup = new Cleanup();
    const released: string[] = [];
    cleanup.add('first', () => {
      released.push('first');
      return Promise.resolve();
    });
    cleanup.add('second', () => Promise.reject(new Error('stuck')));
    cleanup.add('third', () => {
      released.push('third');
      return Promise.resolve();
    });
    expect(await cleanup.run()).toEqual([{ label: 'second', error: new Error('stuck') }]);
    expect(released).toEqual(['third', 'first']);
  });

  it('releases each step once, however often it runs', async () => {
    const cleanup = new Cleanup();
    let released = 0;
    cleanup.add('host', () => {
      released += 1;
      return Promise.resolve();
    });
    await cleanup.run();
    await cleanup.run();
    expect(released).toBe(1);
  });

  it('also releases what was added while it ran', async () => {
    const cleanup = new Cleanup();
    let late = false;
    cleanup.add('early', () => {
      cleanup.add('late', () => {
        late = true;
        return Promise.resolve();
      });
      return Promise.resolve();
    });
    await cleanup.run();
    expect(late).toBe(true);
  });
});
