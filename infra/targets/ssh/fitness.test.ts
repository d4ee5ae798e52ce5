import { describe, expect, test } from 'vitest';
import { freePortOn, isBusy, requireQuiet, softwareOn } from './fitness.ts';
import { parseLook, type HostFacts } from './look.ts';
import type { OwnHost } from './own-hosts.ts';

function host(role: OwnHost['role']): OwnHost {
  const reach = { host: '10.0.0.1', port: 22, user: 'root', hostKey: 'ssh-ed25519 AAAA', jump: null };
  return { role, name: `${role}.internal`, address: '10.0.0.1', reach };
}

function factsOf(role: OwnHost['role'], ...lines: readonly string[]): HostFacts {
  const common = ['name\tbox', 'cpus\t4', 'memory_kb\t8000000', 'available_kb\t4000000', 'ports\t0016 1538 '];
  return parseLook(host(role), [...common, ...lines].join('\n'));
}

const POSTGRES = [
  'postgres\tyes /usr/lib/postgresql/15/bin postgres (PostgreSQL) 15.4 (Debian 15.4-1)',
  'postgres\tno /usr/lib/postgresql/16/bin postgres (PostgreSQL) 16.1',
];
const NODE = 'node\t/usr/bin/node v20.19.1';
const SERVER = 'server\t4711 5432 12 68 /srv/shop data';

describe('what a host offers', () => {
  test('is the newest PostgreSQL, or the one that was asked for', () => {
    const facts = [factsOf('primary', ...POSTGRES), factsOf('driver', NODE)];
    expect(softwareOn(facts, {})).toMatchObject({
      nodePath: '/usr/bin/node',
      postgres: { binDir: '/usr/lib/postgresql/16/bin', version: '16.1', major: 16, statistics: false },
    });
    expect(softwareOn(facts, { version: 15 }).postgres).toMatchObject({ version: '15.4', statistics: true });
  });

  test('is told with everything that is missing at once', () => {
    const facts = [factsOf('primary', ...POSTGRES), factsOf('driver', 'node\t/usr/bin/node v18.1.0')];
    expect(() => softwareOn(facts, { version: 17 })).toThrow(
      'the driver host driver.internal needs Node.js 20.19 or newer and has /usr/bin/node v18.1.0; ' +
        'the primary host primary.internal needs PostgreSQL 17 and has 15.4 in /usr/lib/postgresql/15/bin, 16.1 in /usr/lib/postgresql/16/bin',
    );
  });

  test('lacks packages that were asked for, which nobody installs there', () => {
    const found = [...POSTGRES, 'packages\tpostgresql-16 postgresql-16-cron '];
    const facts = [factsOf('primary', ...found), factsOf('driver', NODE)];
    expect(softwareOn(facts, { version: 16, packages: ['postgresql-16-cron'] }).postgres.major).toBe(16);
    expect(() =>
      softwareOn(facts, { version: 16, packages: ['postgresql-16-cron', 'postgresql-16-postgis-3'] }),
    ).toThrow('the primary host primary.internal lacks postgresql-16-postgis-3 of postgres.packages');
  });

  test('is a port that nobody listens on', () => {
    expect(freePortOn([factsOf('primary')])).toBe(25_432);
    const taken = { ...factsOf('primary'), portsTaken: new Set([25_432, 25_433]) };
    expect(freePortOn([taken])).toBe(25_434);
  });
});

describe('a PostgreSQL that is in use', () => {
  const busy = factsOf('primary', SERVER);

  test('is one that takes CPU time or has clients', () => {
    expect(busy.servers).toEqual([
      { pid: 4711, port: 5432, clients: 12, cpuShare: 0.34, dataDir: '/srv/shop data' },
    ]);
    const idle = { ...busy.servers[0]!, clients: 4, cpuShare: 0.04 };
    expect([isBusy(idle), isBusy({ ...idle, clients: 5 }), isBusy({ ...idle, cpuShare: 0.05 })]).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('is refused unless somebody means it', () => {
    expect(() => {
      requireQuiet([busy], false);
    }).toThrow(
      'this looks like production: on the primary host primary.internal runs a PostgreSQL in /srv/shop data (port 5432, 12 clients, 34 % of a CPU)',
    );
    expect(() => {
      requireQuiet([busy], true);
    }).not.toThrow();
  });
});
