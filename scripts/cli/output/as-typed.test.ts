import { expect, test } from 'vitest';
import { asTyped } from './as-typed.ts';

const NPM = 'npm run -s rehearse --';

test('a command is told as the caller started this one', () => {
  const text = 'kept; sooner gone with: rehearse reap --execute --run a-1; rehearse --help shows the verbs';
  expect(asTyped(text)).toBe(text);
  expect(asTyped(text, NPM)).toBe(
    `kept; sooner gone with: ${NPM} reap --execute --run a-1; ${NPM} --help shows the verbs`,
  );
});

test.each([
  'npm run rehearse',
  'a bug in rehearse; repeat it',
  'rehearse running is not a verb',
  'sshd rehearse/driver',
])('%s is left as it is', (text) => {
  expect(asTyped(text, NPM)).toBe(text);
});

test('what is a command already stays one', () => {
  expect(asTyped(`${NPM} reap`, NPM)).toBe(`${NPM} reap`);
});
