import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Env } from '../../../infra/pulumi/engine/places.ts';
import { OWN_ROOT as ROOT } from '../../../scripts/shared/places/own-files.mjs';
import { findOnPath } from '../../../scripts/shared/files/find-on-path.ts';

/** A machine with nothing on PATH but what a test puts there: fake programs that print a version. */
export interface FakeMachine {
  readonly dir: string;
  /** A folder on PATH. */
  readonly bin: string;
  readonly env: Env;
  readonly engineCache: string;
  /** Makes a shell script of that name; `folder` is relative to the machine's folder and by default on PATH. */
  readonly program: (name: string, script: string, folder?: string) => Promise<string>;
  /** A link to a program of the real machine. */
  readonly real: (name: string) => Promise<void>;
}

export async function fakeMachine(): Promise<FakeMachine> {
  const dir = await mkdtemp(join(tmpdir(), 'rehearse machine '));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const bin = join(dir, 'bin');
  await mkdir(bin);
  return {
    dir,
    bin,
    env: { PATH: bin, HOME: join(dir, 'home'), XDG_CACHE_HOME: join(dir, 'cache') },
    engineCache: join(dir, 'cache', 'dress-rehearsal', 'engine'),
    program: async (name, script, folder = 'bin') => {
      const path = join(dir, folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `#!/bin/sh\n${script}\n`);
      await chmod(path, 0o755);
      return path;
    },
    real: async (name) => {
      const path = await findOnPath(name);
      if (path === undefined) throw new Error(`this test needs ${name}`);
      await symlink(path, join(bin, name));
    },
  };
}

/** What a fake CLI does: prints its version, and cannot install plugins. */
export function cliScript(version: string): string {
  return `case $1 in version) echo v${version};; *) echo "fake: $*" >&2; exit 1;; esac`;
}

/** A fake Go that "builds" by writing `result` (a shell script) to the file after -o, when it has run `before`. */
export function goScript(version: string, result: string, before = ''): string {
  return `PATH=/usr/bin:/bin
if [ "$1" = env ]; then printf '%s\\n' go${version} '${ROOT}' '${ROOT}'; exit 0; fi
echo 'go: downloading example.com/module v1.0.0' >&2
while [ "$1" != -o ]; do shift; done
${before}
printf '#!/bin/sh\\n%s\\n' '${result}' > "$2"
chmod 755 "$2"`;
}
