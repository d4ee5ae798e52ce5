import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { withoutForeign } from '../../../../scripts/shared/descriptors.ts';
import type { RunDir } from '../run-dir.ts';

const SCRIPT = fileURLToPath(new URL('./jail.sh', import.meta.url));
const NAMESPACES = ['--mount', '--propagation', 'private', '--net', '--ipc', '--uts'];

/** Where the server's socket is for the server itself, whatever the run's folder is called. */
export const SOCKET_DIR_INSIDE = '/run/server';

/** What a program may see beside the machine's software. */
interface View {
  readonly dir: RunDir;
  readonly uid: number;
  /** Software elsewhere, which may not be there. */
  readonly named: readonly string[];
  /** The folder of the server's socket; undefined before there is one. */
  readonly socketDir: string | undefined;
}

/** The command line that starts a program in namespaces of its own; jail.sh says what that is. */
export async function jailed(
  { dir, uid, named, socketDir }: View,
  file: string,
  args: readonly string[],
): Promise<{ file: string; args: string[] }> {
  const isPath = file.includes('/');
  const program = isPath ? await realpath(file) : file;
  const reads = [dir.config, ...named, ...(isPath ? await softwareOf(program) : [])].filter(existsSync);
  const writes = [
    ...(existsSync(dir.data) ? [`${dir.data}:${dir.data}`] : []),
    ...(socketDir === undefined ? [] : [`${socketDir}:${SOCKET_DIR_INSIDE}`]),
  ];
  const what = [dir.cell, String(uid), ...reads, '--', ...writes, '--', program, ...args];
  return { file: 'unshare', args: [...NAMESPACES, '--', 'bash', SCRIPT, ...what] };
}

/** What PostgreSQL reads of the folder that it was installed to, and the libraries that lie elsewhere. */
async function softwareOf(program: string): Promise<string[]> {
  const bin = dirname(program);
  const { stdout } = await execa('ldd', [program], {
    reject: false,
    timeout: 10_000,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
  });
  const libraries = [...stdout.matchAll(/ => (\/\S+)/g)].map(([, path = '']) => path);
  return [bin, ...['lib', 'lib64', 'share'].map((name) => join(bin, '..', name)), ...libraries];
}
