import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { cacheDir } from '../../../infra/pulumi/engine/places.ts';
import { asError } from '../../../scripts/shared/errors.ts';
import type { ProjectFile } from './tool.ts';

const INSTALL_MS = 420_000;
const CACHE = join(cacheDir(process.env), 'matrix-tools');

/** What one package manager brings in one go. */
interface Delivery {
  readonly name: string;
  readonly files: readonly ProjectFile[];
  /** Programs with their arguments, one after the other in the new folder. */
  readonly commands: readonly (readonly [program: string, ...args: string[]])[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The folder of a delivery in the user's cache, filled where it is missing; it is there as a whole or not at all.
 * @throws Error where it cannot be had
 */
export function delivered(delivery: Delivery): () => Promise<string> {
  let folder: Promise<string> | undefined;
  return () => (folder ??= fetchOnce(delivery));
}

async function fetchOnce(delivery: Delivery): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(delivery)).digest('hex').slice(0, 12);
  const folder = join(CACHE, `${delivery.name}-${hash}`);
  if (await stat(folder).catch(() => undefined)) return folder;
  await mkdir(CACHE, { recursive: true });
  const partial = await mkdtemp(`${folder}.`);
  try {
    await writeFiles(partial, delivery.files);
    for (const [program, ...args] of delivery.commands)
      await execa(program, args, {
        cwd: partial,
        env: delivery.env ?? {},
        timeout: INSTALL_MS,
        stdin: 'ignore',
        all: true,
      });
    await rename(partial, folder);
    return folder;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw new Error(lastLine(asError(error).message), { cause: error });
  }
}

export async function writeFiles(folder: string, files: readonly ProjectFile[]): Promise<void> {
  for (const { path, text } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}
