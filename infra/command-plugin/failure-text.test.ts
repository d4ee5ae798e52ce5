import { expect, it } from 'vitest';
import { asSecret } from '../provider-kit/wire.ts';
import { failureText } from './failure-text.ts';

it('shows no secret, also not a line of one', () => {
  const values = [
    { stdin: asSecret('first line\nsecond line'), environment: { PW: asSecret('hunter2') } },
    'plain',
  ];
  expect(failureText('hunter2 failed at second line; plain', values)).toBe(
    '[secret] failed at [secret]; plain',
  );
});

it('leaves texts alone that only hold a very short secret', () => {
  expect(failureText('a failure', [asSecret('a')])).toBe('a failure');
});

it('keeps the beginning and the end of a long text', () => {
  const text = failureText(`begin ${'x'.repeat(1_000_000)} end`, []);
  expect(text).toMatch(/^begin x+\n… 984010 bytes left out …\nx+ end$/);
});
