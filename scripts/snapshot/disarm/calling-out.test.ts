import { describe, expect, it } from 'vitest';
import { callingOut, mayCallOut, type KnownFunction } from './calling-out.ts';

const PLAIN = { schema: 'public', language: 'plpgsql', isUntrusted: false, extension: null, source: '' };
const PYTHON = { ...PLAIN, language: 'plpython3u', isUntrusted: true };

function calling(...functions: Omit<KnownFunction, 'oid'>[]): string[] {
  const known = functions.map((each, oid) => ({ ...each, oid }));
  const found = callingOut(known);
  return known.filter(({ oid }) => found.has(oid)).map(({ name }) => name);
}

describe('functions that speak to others', () => {
  it('are those of extensions for it, of shells, and untrusted ones with a word for the network or programs', () => {
    const found = calling(
      { ...PLAIN, name: 'dblink_exec', language: 'c', extension: 'dblink' },
      { ...PLAIN, name: 'dblink_fdw_validator', language: 'c', extension: 'dblink' },
      { ...PLAIN, name: 'similarity', language: 'c', extension: 'pg_trgm' },
      { ...PLAIN, name: 'shell', language: 'plsh', source: '#!/bin/sh\ntrue' },
      { ...PYTHON, name: 'mail', source: 'import smtplib' },
      { ...PYTHON, name: 'mean', source: 'return sum(v) / len(v)' },
      { ...PLAIN, name: 'export', source: "execute 'copy t to program ''gzip''';" },
      { ...PLAIN, name: 'program_of', source: 'select program from copies' },
    );
    expect(found).toEqual(['dblink_exec', 'shell', 'mail', 'export']);
  });

  it('are also those that call one of them, however far', () => {
    const found = calling(
      { ...PLAIN, name: 'audit', source: 'perform notify_all(new.id);' },
      { ...PLAIN, name: 'notify_all', source: "perform public.Send('x');" },
      { ...PYTHON, name: 'send', source: 'import requests' },
      { ...PLAIN, name: 'sender', source: 'return sending;' },
    );
    expect(found).toEqual(['audit', 'notify_all', 'send']);
  });

  it('are looked for only after statements that may make one', () => {
    expect(mayCallOut('create function f() returns int language plpython3u as $$ $$')).toBe(true);
    expect(mayCallOut("create function f() returns int as 'copy t to program ''x''' language sql")).toBe(
      true,
    );
    expect(mayCallOut('create function f() returns int language plpgsql as $$ execute $$')).toBe(false);
  });
});
