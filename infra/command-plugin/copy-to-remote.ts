import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { CreateResult, UpdateResult } from '@pulumi/pulumi/provider/provider.js';
import { asSecret, revealed, type WireProperties } from '../provider-kit/wire.ts';
import { parseInputs } from './check.ts';
import type { Connection } from './ssh/connection.ts';
import { dial } from './ssh/dial.ts';
import { copySchema, type CopyInputs } from './inputs.ts';
import type { Call } from './remote-command.ts';
import { RemoteFiles } from './ssh/sftp.ts';

const FILES_AT_ONCE = 8;

export async function createCopy(call: Call, wire: WireProperties): Promise<CreateResult> {
  await copy(call, parseInputs(copySchema, wire));
  return { id: randomBytes(4).toString('hex'), outs: outputs(wire) };
}

/** Copies again where the content, the path or the host is another; what lies at the old place stays there. */
export async function updateCopy(
  call: Call,
  olds: WireProperties,
  wire: WireProperties,
): Promise<UpdateResult> {
  if (!isDeepStrictEqual(destination(olds), destination(wire)))
    await copy(call, parseInputs(copySchema, wire));
  return { outs: outputs(wire) };
}

/** What goes where, by the hash of the content: the engine keeps no content in its state. */
function destination(wire: WireProperties): unknown[] {
  const { source, remotePath, connection } = revealed(wire) as Record<string, unknown>;
  const { hash } = source as { hash?: string };
  const { host, port } = connection as Connection;
  return [hash ?? source, remotePath, host, port];
}

function outputs(wire: WireProperties): WireProperties {
  return { ...wire, connection: asSecret(wire['connection']) };
}

async function copy(call: Call, { connection, source, remotePath }: CopyInputs): Promise<void> {
  const session = await dial(connection, call.signal, (line) => {
    call.log.status(call.urn, line);
  });
  try {
    const remote = await RemoteFiles.open(session);
    if ('text' in source) await copyText(remote, source.text, remotePath);
    else await copyPath(remote, source.path, remotePath);
  } finally {
    session.end();
  }
}

async function copyText(remote: RemoteFiles, text: string, path: string): Promise<void> {
  const kind = await remote.kind(path);
  if (kind === 'folder') throw new Error(`${path} is a folder on the host: a text needs the path of a file`);
  if (kind === undefined) await remote.makeFolder(posix.dirname(path));
  await remote.putText(text, path);
}

/**
 * A file goes to the path, or into it where that is a folder. A folder goes into the path; with a slash at its end, only what
 * it holds does. Nothing on the host is removed.
 */
async function copyPath(remote: RemoteFiles, local: string, path: string): Promise<void> {
  if ((await stat(local)).isDirectory()) {
    const into = local.endsWith('/') ? path : posix.join(path, basename(local));
    await remote.makeFolder(path);
    await copyFolder(remote, local, into);
    return;
  }
  const kind = await remote.kind(path);
  if (kind === undefined) await remote.makeFolder(posix.dirname(path));
  await remote.putFile(local, kind === 'folder' ? posix.join(path, basename(local)) : path);
}

async function copyFolder(remote: RemoteFiles, local: string, path: string): Promise<void> {
  await remote.makeFolder(path);
  const entries = await readdir(local, { withFileTypes: true });
  const files: { from: string; to: string }[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const [from, to] = [join(local, entry.name), posix.join(path, entry.name)];
    if (entry.isDirectory()) await copyFolder(remote, from, to);
    else if ((await stat(from)).isFile()) files.push({ from, to });
    else throw new Error(`cannot copy ${from}: neither a file nor a folder, nor a link to a file`);
  }
  const next = files.values();
  const copyRest = async (): Promise<void> => {
    for (const { from, to } of next) await remote.putFile(from, to);
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, copyRest));
}
