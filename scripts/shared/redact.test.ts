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

  it('leaves text without secrets as it is', () => {
    const text = 'alter table users add column password_hash text';
    expect(redact(text)).toBe(text);
  });
});
