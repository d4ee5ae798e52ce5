import { describe, expect, it } from 'vitest';
import type { Rehearsal } from '../plan/model.ts';
import { batchesOf, hostsKey } from './batches.ts';

type Asked = Pick<Rehearsal, 'hosts' | 'postgres' | 'targets'>;

const PLAIN: Asked = {
  hosts: { primary: { cpu: 2, memoryBytes: 1 } },
  postgres: { settings: [], standby: false },
  targets: {},
};

describe('who shares hosts', () => {
  it('is decided by hosts, PostgreSQL and the target, and not by settings of the server', () => {
    const same: Asked = {
      hosts: { primary: { memoryBytes: 1, cpu: 2 } },
      postgres: { standby: false, settings: [{ name: 'work_mem', value: '8MB' }] },
      targets: { hcloud: { location: 'fsn1' } },
    };
    expect(hostsKey('raff', same)).toBe(hostsKey('raff', PLAIN));
    const others: [string, Asked][] = [
      ['hcloud', PLAIN],
      ['raff', { ...PLAIN, hosts: { primary: { cpu: 4, memoryBytes: 1 } } }],
      ['raff', { ...PLAIN, hosts: { ...PLAIN.hosts, driver: { count: 2 } } }],
      ['raff', { ...PLAIN, postgres: { ...PLAIN.postgres, standby: true } }],
      ['raff', { ...PLAIN, postgres: { ...PLAIN.postgres, version: 16 } }],
      ['raff', { ...PLAIN, targets: { raff: { location: 'us-east' } } }],
    ];
    const keys = others.map(([target, asked]) => hostsKey(target, asked));
    expect(new Set([hostsKey('raff', PLAIN), ...keys]).size).toBe(others.length + 1);
  });

  it('are all of one key, in the order of the first of each', () => {
    expect(batchesOf(['a', undefined, 'b', 'a', undefined, 'b', 'a'], 1)).toEqual([
      [0, 3, 6],
      [1],
      [2, 5],
      [4],
    ]);
  });

  it('are as many batches as there are jobs, and never an empty one', () => {
    expect(batchesOf(['a', 'a', 'a', 'b', undefined], 2)).toEqual([[0, 2], [1], [3], [4]]);
    expect(batchesOf([], 3)).toEqual([]);
  });
});
