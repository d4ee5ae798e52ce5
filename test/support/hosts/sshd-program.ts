import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureSshd } from '../../../infra/targets/local/sshd/sshd.ts';

/** An sshd as a test starts it. */
export interface SshdProgram {
  readonly path: string;
  /** Lines of its configuration without which it does not find its other parts where it lies. */
  readonly options: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const OTHER_PARTS = [
  ['SshdSessionPath', 'sshd-session'],
  ['SshdAuthPath', 'sshd-auth'],
] as const;

/** The sshd that local hosts run; undefined where there is none. */
export async function sshdProgram(): Promise<SshdProgram | undefined> {
  const signal = AbortSignal.timeout(60_000);
  const found = await ensureSshd({ log: (line) => process.stderr.write(`${line}\n`), signal });
  if ('missing' in found) return undefined;
  if (found.origin === 'system') return { path: found.path, options: [], env: {} };
  const lib = join(found.path, '../../lib');
  const options = OTHER_PARTS.map(([name, file]) => [name, join(lib, 'openssh', file)] as const)
    .filter(([, path]) => existsSync(path))
    .map(([name, path]) => `${name} ${path}`);
  const libraries = [lib, ...readdirSync(lib).map((name) => join(lib, name))];
  return { path: found.path, options, env: { LD_LIBRARY_PATH: libraries.join(':') } };
}
