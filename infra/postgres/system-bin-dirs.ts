import { access, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { withoutForeign } from '../../scripts/shared/descriptors.ts';

/** Where packages install PostgreSQL side by side: Debian, Red Hat (PGDG), Homebrew on Apple silicon and Intel, Postgres.app. */
const LAYOUTS = [
  { parent: '/usr/lib/postgresql', prefix: '' },
  { parent: '/usr', prefix: 'pgsql-' },
  { parent: '/opt/homebrew/opt', prefix: 'postgresql@' },
  { parent: '/usr/local/opt', prefix: 'postgresql@' },
  { parent: '/Applications/Postgres.app/Contents/Versions', prefix: '' },
];

/**
 * Folders in which an installed PostgreSQL may lie, best first: those of that major version, or without one all that are
 * there, newest first; then what PATH leads to.
 */
export async function systemBinDirs(major: number | undefined): Promise<string[]> {
  const sideBySide =
    major === undefined
      ? await installedMajors()
      : LAYOUTS.slice(0, process.platform === 'darwin' ? undefined : 2).map(({ parent, prefix }) =>
          join(parent, `${prefix}${major}`, 'bin'),
        );
  return [...new Set([...sideBySide, ...(await onPath())])];
}

async function installedMajors(): Promise<string[]> {
  const found: { major: number; dir: string }[] = [];
  for (const { parent, prefix } of LAYOUTS) {
    for (const entry of await readdir(parent).catch(() => [])) {
      const major = Number(entry.slice(prefix.length));
      if (entry.startsWith(prefix) && major > 0) found.push({ major, dir: join(parent, entry, 'bin') });
    }
  }
  return found.sort((a, b) => b.major - a.major).map(({ dir }) => dir);
}

async function onPath(): Promise<string[]> {
  const dirs: string[] = [];
  const { stdout, exitCode } = await execa('pg_config', ['--bindir'], {
    reject: false,
    timeout: 5_000,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
  });
  if (exitCode === 0 && stdout.startsWith('/')) dirs.push(stdout);
  for (const dir of (process.env['PATH'] ?? '').split(delimiter)) {
    if (dir !== '' && (await exists(join(dir, 'postgres')))) dirs.push(dir);
  }
  return dirs;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
