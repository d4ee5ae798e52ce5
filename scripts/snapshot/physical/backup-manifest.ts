import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RehearsalError } from '../../shared/errors.ts';
import { Crc32c } from './crc32c.ts';

const NAME = 'backup_manifest';
const MOST_NAMED = 5;
/** Hash functions of pg_basebackup --manifest-checksums besides CRC32C. */
const SHA = /^SHA(224|256|384|512)$/;

const Manifest = z.object({
  Files: z.array(
    z.object({
      Path: z.string().optional(),
      Size: z.number(),
      'Checksum-Algorithm': z.string().optional(),
      Checksum: z.string().optional(),
    }),
  ),
});
type ListedFile = z.infer<typeof Manifest>['Files'][number];

/**
 * Holds a copy against the manifest that pg_basebackup wrote (PostgreSQL, "Backup Manifest Format"), as pg_verifybackup does.
 * @returns false where it has none
 * @throws SNAPSHOT_INVALID with the files that are missing or another
 */
export async function verifyManifest(dir: string, shown: string, signal: AbortSignal): Promise<boolean> {
  const text = await readFile(join(dir, NAME), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const manifest = Manifest.safeParse(parsed(text));
  if (!manifest.success)
    throw new RehearsalError('SNAPSHOT_INVALID', `${shown} is damaged: its ${NAME} cannot be read`);
  const wrong: string[] = [];
  for (const file of manifest.data.Files) {
    const why = await whatIsWrong(dir, file, signal);
    if (why !== undefined) wrong.push(`${file.Path ?? 'a file'} ${why}`);
  }
  if (wrong.length === 0) return true;
  const more = wrong.length > MOST_NAMED ? `, and ${wrong.length - MOST_NAMED} more` : '';
  throw new RehearsalError(
    'SNAPSHOT_INVALID',
    `${shown} is not what its ${NAME} lists: ${wrong.slice(0, MOST_NAMED).join('; ')}${more}`,
    { hint: 'Copy it again, or take it again by pg_basebackup.' },
  );
}

async function whatIsWrong(dir: string, file: ListedFile, signal: AbortSignal): Promise<string | undefined> {
  if (file.Path === undefined) return undefined; // a name in no known encoding
  const path = join(dir, file.Path);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 'is missing';
  if (found.size !== file.Size) return `has ${found.size} bytes instead of ${file.Size}`;
  const hash = hashOf(file['Checksum-Algorithm']);
  if (hash === undefined) return undefined;
  const content: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1024 ** 2, signal });
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex') === file.Checksum ? undefined : 'has another checksum';
}

function hashOf(
  algorithm: string | undefined,
): { update(chunk: Buffer): unknown; digest(as: 'hex'): string } | undefined {
  if (algorithm === 'CRC32C') return new Crc32c();
  const bits = SHA.exec(algorithm ?? '')?.[1];
  return bits === undefined ? undefined : createHash(`sha${bits}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
