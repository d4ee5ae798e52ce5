import { describe, expect, test } from 'vitest';
import type { PgSetting } from '../../scripts/plan/model.ts';
import { reloadableRestoreSettings, serverConfig, standbyRefusals } from './server-config.ts';

const GB = 1024 ** 3;
const capacity = { cpus: 2, memoryBytes: 4 * GB };

/** The last line for each setting is the one that counts. */
function settingsOf(text: string): Map<string, string> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [name = '', value = ''] = line.split(' = ');
        return [name, value.replaceAll("'", '')];
      }),
  );
}

function configOf(settings: PgSetting[], standby = false): Map<string, string> {
  return settingsOf(serverConfig({ settings, standby }, { capacity, statistics: true }));
}

describe('the configuration of a server on a host', () => {
  test('takes a quarter of the host’s memory, not of the machine’s, and room for the app', () => {
    const config = settingsOf(
      serverConfig({ settings: [], standby: false }, { capacity, connections: 400, statistics: true }),
    );
    expect(config.get('shared_buffers')).toBe('1024MB');
    expect(config.get('max_connections')).toBe('430');
    expect(config.get('wal_level')).toBe('replica');
    expect(config.get('shared_preload_libraries')).toBe('pg_stat_statements');
  });

  test('gives way to the author’s settings', () => {
    const config = configOf([
      { name: 'shared_buffers', value: '64MB' },
      { name: 'wal_level', value: 'logical' },
      { name: 'max_connections', value: '50' },
    ]);
    expect(config.get('shared_buffers')).toBe('64MB');
    expect(config.get('wal_level')).toBe('logical');
    expect(config.get('max_connections')).toBe('50');
  });

  test('keeps what a standby needs against the author’s settings, and says which were left out', () => {
    const settings = [
      { name: 'wal_level', value: 'minimal' },
      { name: 'Max_WAL_Senders', value: '0' },
    ];
    expect(configOf(settings, true).get('wal_level')).toBe('replica');
    expect(configOf(settings, true).get('max_wal_senders')).toBe('10');
    expect(standbyRefusals({ settings, standby: true })).toEqual(['wal_level', 'max_wal_senders']);
    expect(standbyRefusals({ settings, standby: false })).toEqual([]);
  });

  test('does without pg_stat_statements where PostgreSQL came without it', () => {
    const settings = [{ name: 'shared_preload_libraries', value: 'auto_explain' }];
    const text = serverConfig({ settings, standby: false }, { capacity, statistics: false });
    expect(settingsOf(text).get('shared_preload_libraries')).toBe('auto_explain');
  });

  test('refuses a host that is too small for PostgreSQL, and buffers that the host cannot hold', () => {
    const small = { cpus: 1, memoryBytes: 64 * 1024 ** 2 };
    expect(() =>
      serverConfig({ settings: [], standby: false }, { capacity: small, statistics: true }),
    ).toThrow('a host with 64 MB of memory is too small for PostgreSQL');
    expect(() => configOf([{ name: 'shared_buffers', value: '8GB' }])).toThrow(
      'shared_buffers = 8GB does not fit into a host with 4.0 GB of memory',
    );
  });
});

test('a restore changes only what needs no restart', () => {
  const names = reloadableRestoreSettings(18, capacity).map(({ name }) => name);
  expect(names).toContain('fsync');
  expect(names).not.toContain('wal_level');
  expect(names).not.toContain('max_wal_senders');
});
