import { describe, expect, it } from 'vitest';
import { redact, registerSecret } from './redact.ts';

describe('redact', () => {
  it('takes the password out of a connection string and leaves the rest', () => {
    expect(redact('connect postgresql://app:s3cr3t@db.example:5432/shop now')).toBe(
      'connect postgresql://app:***@db.example:5432/shop now',
    );
  });

  it('takes out passwords that are named as such', () => {
    expect(redact("password=abc PGPASSWORD='d e f' passwd: ghi")).toBe(
      'password=*** PGPASSWORD=*** passwd: ***',
    );
  });

  it('takes out every registered value, the longer one first', () => {
    registerSecret('token-one');
    registerSecret('token-one-and-more');
    expect(redact('x token-one-and-more y token-one z')).toBe('x *** y *** z');
  });

  it.each([
    ['redis://:s3cr3t@cache', 'redis://:***@cache'],
    ['pg://a:p@ss:w@h1/db and pg://b:x@h2', 'pg://a:***@h1/db and pg://b:***@h2'],
    ['{"password": "x y", "DB_PASSWORD":"z"}', '{"password": ***, "DB_PASSWORD":***}'],
    ["password='never closed", 'password=***'],
    ['http://host:80/path mail@example.com', 'http://host:80/path mail@example.com'],
    ['nothing://here', 'nothing://here'],
  ])('%s becomes %s', (text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  it.each([
    'a.',
    'a://',
    'a://b:',
    'a://b:@',
    'password=',
    'password="',
    "password='",
    'password ',
    ' ',
    '@',
  ])('takes milliseconds for a megabyte of %j', (piece) => {
    const text = piece.repeat(1_000_000 / piece.length);
    const startedMs = performance.now();
    redact(text);
    expect(performance.now() - startedMs).toBeLessThan(1_000); // what is quadratic takes minutes
  });

  it('leaves text without secrets as it is', () => {
    const text = 'alter table users add column password_hash text';
    expect(redact(text)).toBe(text);
  });
});
