import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import {
  currentPidSpace,
  identityOf,
  isAlive,
  pidSpaceSchema,
  processIdentitySchema,
} from '../process-identity.ts';
import type { SessionFolder } from './session-folder.ts';

const recordSchema = z.object({
  runId: z.string(),
  target: z.string(),
  /** ISO 8601 UTC. */
  expiresAt: z.iso.datetime(),
  /** Until then it lives on without its controller; null where nobody asked for that. */
  keptUntil: z.iso.datetime().nullable(),
  pidSpace: pidSpaceSchema,
  /** The process that goes on with the run. */
  controller: processIdentitySchema,
  /** The one that made the hosts. */
  maker: processIdentitySchema,
  /** URL of the backend that holds the stack, and the login that was used for it; null = the folder's own state. */
  backend: z.object({ url: z.string(), credentials: z.string() }).nullable(),
  /** The stack has been made. */
  stack: z.boolean(),
});

/** session.json: whose a session folder is. */
export type SessionRecord = z.infer<typeof recordSchema>;

/** Undefined where the file is missing or damaged. */
export async function readSession({ record }: SessionFolder): Promise<SessionRecord | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(record, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Replaces the file as a whole, so that nobody ever reads half of it. */
export async function writeSession({ record: path }: SessionFolder, record: SessionRecord): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Makes this process the controller of the session; who made it, and with which backend, stays as it is. */
export async function claimSession(
  folder: SessionFolder,
  fresh: Pick<SessionRecord, 'target' | 'expiresAt' | 'backend'>,
): Promise<SessionRecord> {
  const controller = (await identityOf(process.pid)) ?? { pid: process.pid, startTime: '' };
  const before = await readSession(folder);
  const record: SessionRecord = {
    ...{ runId: folder.runId, keptUntil: null, maker: controller, stack: false, ...fresh },
    ...before,
    controller,
    pidSpace: await currentPidSpace(),
  };
  await writeSession(folder, record);
  return record;
}

/** Does the run still go on, or is it kept? Where its controller cannot be seen, its expiry decides. */
export async function isSessionInUse(record: SessionRecord, nowMs = Date.now()): Promise<boolean> {
  const here = await currentPidSpace();
  if (record.pidSpace.bootId !== here.bootId) return false;
  if (record.keptUntil !== null && Date.parse(record.keptUntil) > nowMs) return true;
  if (record.pidSpace.namespace !== here.namespace) return Date.parse(record.expiresAt) > nowMs;
  return isAlive(record.controller);
}
