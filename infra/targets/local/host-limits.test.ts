import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { limitVariables, requireLivable, sharedMemoryBytes } from './host-limits.ts';

const MB = 1024 ** 2;

describe('limits of a host', () => {
  it('leave PostgreSQL what it needs', () => {
    expect(() => {
      requireLivable('primary', { memoryBytes: 127 * MB });
    }).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: 'give hosts.primary.memory at least 128 MB' }) as Error,
    );
    requireLivable('primary', { memoryBytes: 128 * MB });
    requireLivable('driver', { memoryBytes: 64 * MB });
    requireLivable('standby', {});
  });

  it.each([{ cpu: 0 }, { linkDelayMs: -1 }, { diskBytesPerSec: Number.NaN }])(
    'are amounts above zero, unlike %j',
    (limits) => {
      expect(() => {
        requireLivable('driver', limits);
      }).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error);
    },
  );

  it('are told to scripts in whole numbers', () => {
    expect(limitVariables({ cpu: 0.5, memoryBytes: 1e9, linkBitsPerSec: 1e9, linkDelayMs: 0.5 })).toEqual({
      CPU_PERCENT: 50,
      MEMORY_BYTES: 1e9,
      DISK_BYTES_PER_SEC: undefined,
      LINK_BITS_PER_SEC: 1e9,
      LINK_DELAY_MS: 0.5,
    });
  });

  it('give shared memory a quarter, and never less than 256 MB', () => {
    expect(sharedMemoryBytes({ memoryBytes: 4096 * MB })).toBe(1024 * MB);
    expect(sharedMemoryBytes({ memoryBytes: 512 * MB })).toBe(256 * MB);
    expect(sharedMemoryBytes({})).toBe(Math.max(256 * MB, Math.round(totalmem() / 4)));
  });
});
