import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { CreateResult, UpdateResult } from '@pulumi/pulumi/provider/provider.js';
import { asError } from '../../scripts/shared/errors.ts';
import { asSecret, revealed, type WireProperties } from '../provider-kit/wire.ts';
import type { OpenConnection } from '../ssh/open-connection.ts';
import { shellWord } from '../ssh/quote.ts';
import { parseInputs } from './check-inputs.ts';
import type { Connection } from './connection.ts';
import { copySchema, type CopyInputs } from './inputs.ts';
import { withHost, type Call } from './call.ts';

const COPY_MS = 1_800_000;
const PARALLEL_WRITES = 32;

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
  if (!(await stat(source.path)).isFile()) throw new Error(`${source.path} is not a file`);
  await withHost(call, connection, async (host) => {
    const forget = host.dropOn(call.signal);
    try {
      const folder = posix.dirname(remotePath);
      const { code, stderr } = await host.exec(`mkdir -p -- ${shellWord(folder)}`);
      if (code !== 0) throw new Error(`cannot make the folder ${folder} on the host: ${stderr.trim()}`);
      await putFile(host, source.path, remotePath);
    } catch (error) {
      call.signal.throwIfAborted();
      throw error;
    } finally {
      forget();
    }
  });
}

async function putFile(host: OpenConnection, from: string, to: string): Promise<void> {
  try {
    const sftp = await host.sftp();
    await host.call<undefined>((_client, done) => {
      sftp.fastPut(from, to, { concurrency: PARALLEL_WRITES }, (error) => {
        done(error, undefined);
      });
    }, COPY_MS);
  } catch (error) {
    throw new Error(`cannot copy ${from} to ${to} on the host: ${asError(error).message}`, { cause: error });
  }
}
