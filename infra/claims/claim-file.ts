import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { claimSchema, ownUid, type Claim } from './claim.ts';

/** A claim is some hundred bytes; what is longer is none. */
const MOST_BYTES = 64 * 1024;
const WRITABLE_BY_OTHERS = 0o022;

/** The claim on a folder, in a file of that folder: what every claim says, with the folder's own inode number. */
export const folderClaimSchema = claimSchema.extend({ inode: z.string().regex(/^\d+$/) });
export type FolderClaim = z.infer<typeof folderClaimSchema>;

/** Ours with its claim, or why it is not. */
export type FoundClaim<C> =
  | { readonly claim: C; readonly notOurs?: undefined }
  | { readonly claim?: undefined; readonly notOurs: string };

/** Which file of a folder holds its claim, and what else that claim says. */
export interface ClaimKind<C extends FolderClaim> {
  readonly file: string;
  readonly schema: z.ZodType<C>;
}

/**
 * The claim that a folder carries: in a plain file of its own, readable, of the folder's own user, and about this very folder.
 * Follows no link, and waits for nobody.
 */
export async function readClaim<C extends FolderClaim>(
  folder: string,
  { file, schema }: ClaimKind<C>,
): Promise<FoundClaim<C>> {
  const stats = await lstat(folder, { bigint: true }).catch(() => undefined);
  if (stats === undefined) return { notOurs: 'it is gone' };
  if (!stats.isDirectory()) return { notOurs: stats.isSymbolicLink() ? 'it is a link' : 'it is no folder' };
  if (stats.uid !== BigInt(ownUid())) return { notOurs: `it belongs to user ${stats.uid}` };
  const text = await readPlainFile(join(folder, file), ownUid());
  if (text === undefined) return { notOurs: 'it has no claim' };
  const { success, data } = schema.safeParse(asJson(text));
  if (!success) return { notOurs: 'its claim cannot be read' };
  if (data.uid !== ownUid()) return { notOurs: `its claim is of user ${data.uid}` };
  if (data.inode !== String(stats.ino)) return { notOurs: 'its claim is about another folder' };
  return { claim: data };
}

/** Replaces the file as a whole, so that nobody ever reads half of it. */
export async function writeClaim<C extends FolderClaim>(
  folder: string,
  { file }: Pick<ClaimKind<C>, 'file'>,
  claim: C,
): Promise<void> {
  const fresh = join(folder, `${file}.${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(fresh, claimText(claim), { mode: 0o600, flag: 'wx' });
    await rename(fresh, join(folder, file));
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

export function claimText(claim: Claim): string {
  return `${JSON.stringify(claim, null, 2)}\n`;
}

/** Undefined for anything but a short plain file that this user alone may write. */
async function readPlainFile(path: string, uid: number): Promise<string | undefined> {
  try {
    // Before it is opened, since opening some devices does something.
    if (!(await lstat(path)).isFile()) return undefined;
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      return isTrusted(await file.stat(), uid) ? await file.readFile('utf8') : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

function isTrusted(stats: Stats, uid: number): boolean {
  const { size, mode, nlink } = stats;
  const alone = stats.uid === uid && nlink === 1 && (mode & WRITABLE_BY_OTHERS) === 0;
  return stats.isFile() && alone && size <= MOST_BYTES;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
