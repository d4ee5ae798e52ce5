import { describe, expect, it } from 'vitest';
import { configText, ownArguments, refusedSettings, restoreSettings } from './server-settings.ts';

const GB = 1024 ** 3;
const machine = { cpus: 4, memoryBytes: 16 * GB, freeDiskBytes: 40 * GB };
const restore = [
  { name: 'fsync', value: 'off' },
  { name: 'wal_level', value: 'minimal' },
];
function config(asked: Record<string, string>) {
  const settings = Object.entries(asked).map(([name, value]) => ({ name, value }));
  return { port: 5499, asked: settings, connections: 230, restore };
}

describe('restoreSettings', () => {
  it('are fast, not durable, and fit the machine', () => {
    expect(restoreSettings(18, machine)).toEqual([
      { name: 'fsync', value: 'off' },
      { name: 'synchronous_commit', value: 'off' },
      { name: 'full_page_writes', value: 'off' },
      { name: 'wal_level', value: 'minimal' },
      { name: 'max_wal_senders', value: '0' },
      { name: 'max_wal_size', value: '5120MB' },
      { name: 'checkpoint_timeout', value: '1h' },
      { name: 'autovacuum', value: 'off' },
      { name: 'maintenance_work_mem', value: '512MB' },
      { name: 'max_parallel_maintenance_workers', value: '4' },
    ]);
  });

  it('take a quarter of a small memory and no more WAL than a small disk holds', () => {
    const small = restoreSettings(10, { cpus: 1, memoryBytes: GB, freeDiskBytes: GB });
    expect(small).toContainEqual({ name: 'maintenance_work_mem', value: '256MB' });
    expect(small).toContainEqual({ name: 'max_wal_size', value: '1024MB' });
    expect(small.map(({ name }) => name)).not.toContain('max_parallel_maintenance_workers');
  });
});

describe('configText', () => {
  it('adds only what the environment needs to the settings of a rehearsal', () => {
    expect(configText('rehearse', config({ shared_buffers: '1GB', WAL_level: 'logical' }))).toBe(
      `max_connections = '230'
shared_buffers = '1GB'
WAL_level = 'logical'
shared_preload_libraries = 'pg_stat_statements'
`,
    );
  });

  it('leaves out while restoring what would slow it, stop it, or contradict it', () => {
    const asked = { statement_timeout: '5s', WAL_level: 'logical', archive_mode: 'on', work_mem: '64MB' };
    expect(configText('restore', config(asked))).toBe(
      `max_connections = '230'
work_mem = '64MB'
shared_preload_libraries = 'pg_stat_statements'
fsync = 'off'
wal_level = 'minimal'
`,
    );
  });

  it('keeps the author’s libraries and number of connections', () => {
    const asked = { shared_preload_libraries: 'timescaledb, "auto_explain"', max_connections: '40' };
    expect(configText('rehearse', config(asked))).toBe(
      `max_connections = '40'
shared_preload_libraries = 'timescaledb, "auto_explain", pg_stat_statements'
`,
    );
  });

  it('does not load pg_stat_statements twice', () => {
    const text = configText('rehearse', config({ shared_preload_libraries: '$libdir/pg_stat_statements' }));
    expect(text).toContain("shared_preload_libraries = '$libdir/pg_stat_statements'\n");
  });

  it('quotes values so that each stays one value on one line', () => {
    const text = configText('rehearse', config({ 'app.text': "it's 100% \\ of\nit\r" }));
    expect(text).toContain("app.text = 'it''s 100% \\\\ of\\nit\\r'\n");
  });

  it('does not let the author move the server', () => {
    const asked = { port: '1', Listen_Addresses: '*', ssl: 'on', work_mem: '4MB' };
    const text = configText('rehearse', config(asked));
    expect(text).toBe(
      `max_connections = '230'
work_mem = '4MB'
shared_preload_libraries = 'pg_stat_statements'
`,
    );
    expect(ownArguments(config(asked), '/run/server')).toEqual([
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'port=5499',
      '-c',
      'unix_socket_directories=/run/server',
      '-c',
      'logging_collector=off',
      '-c',
      'log_destination=stderr',
    ]);
    expect(refusedSettings(config(asked).asked)).toEqual(['port', 'Listen_Addresses', 'ssl']);
  });
});
