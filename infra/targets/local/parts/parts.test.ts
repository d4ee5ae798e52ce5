import { describe, expect, it } from 'vitest';
import { describePart } from './describe-part.ts';
import { hostsFile } from '../hosts-file.ts';
import { shareVariables } from '../shares.ts';

describe('parts of a run in words', () => {
  it('are a host or a network with what there is of it, or but a folder', () => {
    const folder = { kind: 'folder', name: '/state/a-run.primary' } as const;
    expect(describePart({ role: 'primary', things: [folder] })).toBe('folder /state/a-run.primary');
    const cgroup = { kind: 'cgroup', name: '/sys/fs/cgroup/rehearse.a-run.primary' } as const;
    const things = [folder, { kind: 'process', name: '4711' } as const, cgroup];
    expect(describePart({ role: 'primary', things })).toBe(
      'host primary (process 4711, 1 cgroup, folder /state/a-run.primary)',
    );
    const network = [{ kind: 'link', name: 'rh0' } as const, { kind: 'route', name: '10.1.2.0/24' } as const];
    expect(describePart({ role: 'network', things: network })).toBe('network (link rh0, route)');
  });
});

describe('the hosts file', () => {
  it('knows every role, and a host where it really is', () => {
    expect(hostsFile('10.9.8.0/24', 'driver', '10.9.8.33')).toBe(
      '10.9.8.10 primary\n10.9.8.11 standby\n10.9.8.33 driver',
    );
    expect(hostsFile('10.9.8.0/24', 'extra', '10.9.8.40')).toMatch(/\n10\.9\.8\.40 extra$/);
  });
});

describe('shared folders', () => {
  it('are shown below /opt/rehearse only', async () => {
    expect(
      await shareVariables([
        { from: '/usr/bin', to: 'node/bin' },
        { from: '/', to: '/opt/rehearse/all' },
      ]),
    ).toEqual({
      SHARES: [expect.any(String), '/opt/rehearse/node/bin', '/', '/opt/rehearse/all'],
    });
    for (const to of ['/etc', '../x', '.']) {
      await expect(shareVariables([{ from: '/', to }])).rejects.toMatchObject({ code: 'USAGE' });
    }
  });
});
