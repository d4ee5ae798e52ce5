import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, renameSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { asError } from '../../scripts/shared/errors.ts';
import { sleep } from '../../scripts/shared/clock.ts';
import { claimText, readClaim, type ClaimKind, type FolderClaim } from './claim-file.ts';
import { emptyFolder } from './empty-folder.ts';

/** Of a folder that is being prepared, behind the name that it will get. */
const DRAFT = /\.[0-9a-f]{8}$/;
const TRIES = 5;
const PAUSE_MS = 100;

/**
 * Makes a folder for this user's eyes only that carries its claim from the moment it appears: it is prepared under another
 * name, without giving the processor away in between, and then renamed.
 * @throws EEXIST where something of that name is there
 */
export function makeClaimedFolder<C extends FolderClaim>(
  path: string,
  { file }: ClaimKind<C>,
  claim: Omit<C, 'inode'>,
): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  mkdirSync(draft, { mode: 0o700 });
  try {
    const full = { ...claim, inode: inodeOf(draft) } as unknown as C;
    writeFileSync(join(draft, file), claimText(full), { mode: 0o600, flag: 'wx' });
    // rename(2) would replace an empty folder.
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw exists(path);
    renameSync(draft, path);
  } catch (error) {
    rmSync(join(draft, file), { force: true });
    rmdirSync(draft);
    throw error;
  }
}

/** Has a folder the name that it was made with, for the run that its claim tells? */
export function isNamedFor(path: string, prefix: string, runId: string): boolean {
  const name = basename(path);
  return (
    name === `${prefix}${runId}` || (DRAFT.test(name) && name.replace(DRAFT, '') === `${prefix}${runId}`)
  );
}

/**
 * Removes a folder of ours with all that is in it, the claim last. One that is gone is no error.
 * @throws Error where it is not ours (any more), or something is mounted inside
 */
export async function removeClaimedFolder<C extends FolderClaim>(
  path: string,
  kind: ClaimKind<C>,
): Promise<void> {
  const { claim, notOurs } = await readClaim(path, kind);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  if (claim === undefined) throw new Error(`${path} is not ours: ${notOurs}`);
  for (let tries = 1; ; tries++) {
    try {
      await emptyFolder(path, claim.inode, kind.file);
      dropLast(path, kind.file, claim.inode);
      return;
    } catch (error) {
      // Somebody may still be writing into it.
      if (tries === TRIES) throw asError(error);
      await sleep(PAUSE_MS);
    }
  }
}

function dropLast(path: string, file: string, inode: string): void {
  if (inodeOf(path) !== inode) throw new Error(`${path} has been replaced`);
  unlinkSync(join(path, file));
  rmdirSync(path);
}

function inodeOf(path: string): string {
  return String(lstatSync(path, { bigint: true }).ino);
}

function exists(path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${path} exists already`), { code: 'EEXIST' });
}
