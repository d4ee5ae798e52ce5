import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MAIN = new URL('main.ts', import.meta.url).href;

it('a verb that may open no file any more still says so', async () => {
  const program = `
    import { openSync } from 'node:fs';
    import { main } from ${JSON.stringify(MAIN)};
    let said = '';
    const sink = { write: (text) => (said += text) };
    const io = { stdout: sink, stderr: sink, env: {}, isTTY: false, columns: 80, get cwd() {
      try { for (;;) openSync('/dev/null'); } catch { return '/'; }
    } };
    const code = await main(['check', 'rehearsals'], io);
    console.log(code, said);`;
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)('bash', ['-c', 'ulimit -n 200; exec "$@"', 'bash', ...node]);
  expect(stdout).toMatch(/^3 error OUT_OF_DESCRIPTORS: /);
});
