import { describe, expect, it } from 'vitest';
import { linkOf, netnsOf, partOf, partOfName, requireHost, routeMarkOf, stateRoot } from './part-names.ts';

const RUN = 'split-customer-name-20261120-020000-a1b2';

describe('names of a run’s parts', () => {
  it('lead back to the run', () => {
    const part = { runId: RUN, role: 'primary' };
    expect(netnsOf(part)).toBe(`rehearse.${RUN}.primary`);
    expect(partOfName(`${RUN}.primary`)).toEqual(part);
    expect(partOfName(RUN)).toBeUndefined();
  });

  it('fit into what Linux allows', () => {
    expect(linkOf(RUN)).toMatch(/^rh[0-9a-f]{10}$/);
    expect(routeMarkOf(RUN)).toBeGreaterThan(0);
    expect(routeMarkOf(RUN)).toBeLessThan(2 ** 31);
  });

  it.each(['../x', 'a b', '', '-x', "a'b", 'a/b', 'x'.repeat(200)])(
    'are never made of the run id %j',
    (runId) => {
      expect(partOf(runId, 'primary')).toBeUndefined();
    },
  );

  it.each(['Primary', '1', 'a.b', 'lo', '', 'a-role-that-is-long'])(
    'are never made of the role %j',
    (role) => {
      expect(() => requireHost(RUN, role)).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error);
    },
  );

  it('leave the network’s name to the network', () => {
    expect(() => requireHost(RUN, 'network')).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error);
  });
});

describe('the state folder', () => {
  it('may be moved to a path that mount(8) can take', () => {
    expect(stateRoot({})).toBe('/var/lib/dress-rehearsal');
    expect(stateRoot({ REHEARSE_STATE_DIR: '/srv/my state' })).toBe('/srv/my state');
    for (const bad of ['state', '/', '/a,b', '/a:b', '/a/', '/a/../b', '/a\nb']) {
      expect(() => stateRoot({ REHEARSE_STATE_DIR: bad })).toThrow(
        expect.objectContaining({ code: 'USAGE' }) as Error,
      );
    }
  });
});
