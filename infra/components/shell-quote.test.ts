import { execa } from 'execa';
import { expect, test } from 'vitest';
import { shellQuote } from './shell-quote.ts';

test('the shell gives back what was quoted, whatever it holds', async () => {
  const text = `it's "$HOME" \`id\` \\ \n  end!`;
  const { stdout } = await execa('sh', ['-c', `printf %s ${shellQuote(text)}`]);
  expect(stdout).toBe(text);
});
