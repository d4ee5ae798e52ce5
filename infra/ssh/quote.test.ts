import { execa } from 'execa';
import { expect, test } from 'vitest';
import { shellWord } from './quote.ts';

test('the shell gives back what was quoted, whatever it holds', async () => {
  const text = `it's "$HOME" \`id\` \\ \n  end!`;
  const { stdout } = await execa('sh', ['-c', `printf %s ${shellWord(text)}`]);
  expect(stdout).toBe(text);
});
