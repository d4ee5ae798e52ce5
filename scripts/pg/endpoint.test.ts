import { describe, expect, it } from 'vitest';
import { libpqEnvironment } from './endpoint.ts';

describe('libpqEnvironment', () => {
  it('escapes what a URL cannot carry as it is', () => {
    const env = libpqEnvironment(
      { host: '127.0.0.1', port: 5433, user: 'app user', password: 'p@ss/w:rd', database: 'shop' },
      'command',
    );
    expect(env).toEqual({
      DATABASE_URL: 'postgresql://app%20user:p%40ss%2Fw%3Ard@127.0.0.1:5433/shop',
      PGHOST: '127.0.0.1',
      PGPORT: '5433',
      PGUSER: 'app user',
      PGPASSWORD: 'p@ss/w:rd',
      PGDATABASE: 'shop',
      PGAPPNAME: 'rehearse/command',
    });
  });

  it('puts an IPv6 address into brackets', () => {
    const endpoint = { host: '::1', port: 5432, user: 'u', password: 'p', database: 'd' };
    expect(libpqEnvironment(endpoint, 'setup')['DATABASE_URL']).toBe('postgresql://u:p@[::1]:5432/d');
  });
});
