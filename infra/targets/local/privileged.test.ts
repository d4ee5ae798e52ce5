import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { needs } from '../../../test/support/needs.ts';
import { canBeRoot, runAsRoot, scriptText, scriptWith } from './privileged.ts';

describe.skipIf(!needs('bash', 'to run scripts'))('a script', () => {
  it('gets values as they are, whatever characters they hold', async () => {
    const text = `it's "$HOME" \`id\` \\ \n * ; 'x'`;
    const input = `${scriptWith({ TEXT: text, LIST: [text, '', 'b'], NONE: undefined, N: 5 })}\nprintf '%s|' "$TEXT" "\${LIST[@]}" "$NONE" "$N"`;
    expect((await execa('bash', ['-s'], { input })).stdout).toBe(`${text}|${text}||b||5|`);
  });

  it.each(['cgroups', 'common', 'network-up', 'host-up', 'keeper', 'init', 'remove', 'keep', 'probe'])(
    'has no syntax error: %s',
    async (name) => {
      await execa('bash', ['-n'], { input: scriptText(name) });
    },
  );
});

/** Lets its caller be whoever it is, and takes a while to end once it has killed. */
const SUDO = `#!/bin/sh
shift
env "$@"
[ "$1" != kill ] || { sleep 0.5; : >"$(dirname "$0")/killed"; }
`;

describe.skipIf(!needs('bash', 'to run scripts'))('a script by sudo', () => {
  it('has been ended, and who ended it too, when it rejects', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sudo-'));
    await writeFile(join(dir, 'sudo'), SUDO, { mode: 0o755 });
    vi.spyOn(process, 'getuid').mockReturnValue(4711);
    vi.stubEnv('PATH', `${dir}:${process.env['PATH'] ?? ''}`);
    onTestFinished(async () => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
      await rm(dir, { recursive: true });
    });
    await expect(runAsRoot('sleep 20', { timeoutMs: 2_000 })).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(existsSync(join(dir, 'killed'))).toBe(true);
  });
});

describe.skipIf(!needs('bash', 'to run scripts') || !(await canBeRoot()))('a script as root', () => {
  it('says what it wrote, how it ended, and its last complaint', async () => {
    const end = await runAsRoot('id -u; echo first >&2; echo last >&2; exit 7', { timeoutMs: 10_000 });
    expect(end).toEqual({ exitCode: 7, lines: ['0'], complaint: 'last' });
  });

  it('has its secrets on no command line', async () => {
    const script = `${scriptWith({ SECRET: 'hunter2' })}\ncat /proc/$$/cmdline`;
    const { lines } = await runAsRoot(script, { timeoutMs: 10_000 });
    expect(lines.join()).not.toContain('hunter2');
    expect(await readFile('/proc/self/cmdline', 'utf8')).not.toContain('hunter2');
  });

  it('ends when it is aborted or its time is over', async () => {
    const startedAt = Date.now();
    const signal = AbortSignal.timeout(100);
    await expect(runAsRoot('sleep 20', { timeoutMs: 30_000, signal })).rejects.toThrow(/timeout/);
    await expect(runAsRoot('sleep 20', { timeoutMs: 100 })).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });

  it('ends with all it started although nobody had the time to read its first words', async () => {
    const startedAt = Date.now();
    const running = runAsRoot('sleep 20', { timeoutMs: 100 });
    // The script is sent, and nothing is read.
    for (let turn = 0; turn < 1_000; turn++)
      await new Promise<void>((resolve) => {
        process.nextTick(resolve);
      });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
    await expect(running).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });
});
