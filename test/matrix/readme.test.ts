import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanCheckout } from '../support/checkout/clean-checkout.ts';
import { needsEngine } from '../support/needs.ts';
import { readmeCommands } from '../support/checkout/readme.ts';

const commands = await readmeCommands();
const canPulumi = process.getuid?.() === 0 && (await needsEngine('to run pulumi up'));
const INCONCLUSIVE = 5;
/** The verdict is the machine's: a busy one leaves it open. */
const JUDGED = [0, INCONCLUSIVE];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'readme-'));
  await chmod(folder, 0o755); // the server's own user has to reach its data below
});
afterAll(() => rm(folder, { recursive: true }));

interface Clone {
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
}

async function cloned(name: string, withPackages: boolean): Promise<Clone> {
  const dir = join(folder, name, 'dress-rehearsal');
  const tmp = join(folder, name, 'tmp');
  await mkdir(tmp, { recursive: true, mode: 0o755 });
  await cleanCheckout(dir, { withPackages });
  return { dir, env: { ...process.env, TMPDIR: tmp, NO_COLOR: '1', PULUMI_BACKEND_URL: '' } };
}

async function typed(line: string, { dir, env }: Clone): Promise<{ code: number | undefined; said: string }> {
  const shell = { cwd: dir, env, reject: false, all: true } as const;
  const { exitCode, all } = await execa('bash', ['-c', line], shell);
  return { code: exitCode, said: all };
}

describe('the commands of the README', () => {
  test('the first one needs no step before it, and ends as the README shows it', async () => {
    const [first = '', second = ''] = (commands.get('Two commands') ?? '').split('\n');
    expect(second).toMatch(/^npm test /); // what runs this suite
    const clone = await cloned('packages', false);
    const embedded = { ...clone, env: { ...clone.env, REHEARSE_TARGET: 'embedded' } };
    const { code, said } = await typed(first, embedded);
    expect(JUDGED, said).toContain(code);
    expect(said).toContain('installing the packages of package-lock.json (npm ci), once');
    expect(said).toMatch(/runs\/rename-column-\S+\/report\.html · .* · nothing left behind/);
  });

  test.skipIf(!canPulumi)(
    'those of pulumi up rehearse on hosts of their own, and what they print can be typed',
    async () => {
      const clone = await cloned('hosts', true);
      try {
        const init = await typed('npm run -s rehearse -- init my-change', clone);
        expect(init.code, init.said).toBe(0);
        let said = '';
        for (const line of (commands.get('On hosts of their own: `pulumi up`') ?? '').trim().split('\n')) {
          const ended = await typed(line, clone);
          said = ended.said;
          expect(line.includes(' run ') ? JUDGED : [0], `${line}\n${said}`).toContain(ended.code);
        }
        const [, sooner = ''] = /sooner gone with: (.+)/.exec(said) ?? [];
        const gone = await typed(sooner, clone);
        expect([gone.code, gone.said], sooner).toEqual([0, expect.stringContaining('removed')]);
      } finally {
        const down = await typed('npm run -s pulumi -- destroy --yes', clone);
        expect(down.code, down.said).toBe(0);
      }
    },
  );
});
