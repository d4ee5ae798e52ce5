import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withoutForeign } from './descriptors.ts';

const MODULE = join(import.meta.dirname, 'descriptors.ts');
let dir = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'descriptors-'));
});

afterAll(() => {
  rmSync(dir, { recursive: true });
});

/** What a child of a Node.js process says of its descriptors, where that process was itself started with one too many. */
async function grandchild(fd: number, stdio: string): Promise<string> {
  const program = `
    import { spawnSync } from 'node:child_process';
    import { withoutForeign } from ${JSON.stringify(MODULE)};
    const script = 'ls -l /proc/self/fd /dev/fd/ 2>/dev/null | grep -c lock.file';
    const { stdout } = spawnSync('sh', ['-c', script], { stdio: ${stdio} });
    console.log(String(stdout).trim());`;
  const shell = `exec ${fd}>"$0/lock.file"; exec "$@"`;
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)('bash', ['-c', shell, dir, ...node]);
  return stdout.trim();
}

it.each([3, 9, 40, 200])('a child does not get descriptor %i of whoever started us', async (fd) => {
  expect(await grandchild(fd, "withoutForeign('ignore', 'pipe', 'pipe')")).toBe('0');
});

it('which Node.js by itself hands on', async () => {
  expect(await grandchild(200, "['ignore', 'pipe', 'pipe']")).not.toBe('0');
});

it('what was set aside is there where no file may be opened any more', async () => {
  const program = `
    import { openSync, readdirSync } from 'node:fs';
    import { DescriptorReserve } from ${JSON.stringify(MODULE)};
    const reserve = new DescriptorReserve();
    const list = () => { try { return readdirSync('/').length > 0; } catch (error) { return error.code; } };
    try { for (;;) openSync('/dev/null'); } catch {}
    const before = list();
    reserve.release();
    console.log(before, list());`;
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)('bash', ['-c', 'ulimit -n 200; exec "$@"', 'bash', ...node]);
  expect(stdout.trim()).toBe('EMFILE true');
});

it('a child that would have a descriptor above the limit is refused before it is started', async () => {
  const program = `
    import { execFileSync, spawn } from 'node:child_process';
    import { withoutForeign } from ${JSON.stringify(MODULE)};
    execFileSync('prlimit', ['--pid', String(process.pid), '--nofile=120:120']);
    try { spawn('true', { stdio: withoutForeign('ignore', 'pipe', 'pipe') }); console.log('started'); }
    catch (error) { console.log(error.code); }`;
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', program];
  const shell = 'exec 119>"$0/lock.file"; exec "$@"';
  const { stdout } = await promisify(execFile)('bash', ['-c', shell, dir, ...node]);
  expect(stdout.trim()).toBe('EMFILE');
});

it.each([
  ["execa('cat', { stdio: ['ignore', 'pipe', 'pipe'] })", 'with pipes'],
  ["execa('cat', { input: 'heard' })", 'with an input'],
  ["execa('cat', { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })", 'with a channel'],
])('a limit that is reached while a child is started is that child’s error: %s', async (start) => {
  const program = `
    import { execFileSync } from 'node:child_process';
    import { readdirSync } from 'node:fs';
    import { execa } from 'execa';
    import ${JSON.stringify(MODULE)};
    await execa('cat', { input: '' });
    const open = readdirSync('/proc/self/fd').length;
    execFileSync('prlimit', ['--pid', String(process.pid), '--nofile=' + open + ':' + open]);
    await ${start}.catch((error) => console.log(error.code));`;
  const node = ['--import', 'tsx', '--input-type=module', '--eval', program];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, node);
  expect([stdout.trim(), stderr]).toEqual(['EMFILE', '']);
});

it('leaves the child what it is to have', () => {
  const said = spawnSync('sh', ['-c', 'cat; echo said >&2'], {
    stdio: withoutForeign('pipe', 'pipe', 'pipe'),
    input: 'heard',
  });
  expect([said.stdout, said.stderr].map(String)).toEqual(['heard', 'said\n']);
});
