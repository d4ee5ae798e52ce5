import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { S3Credentials } from './sigv4.ts';
import { within } from '../../shared/within.ts';

/** A machine that is no cloud's has nobody at that address: it is not waited for. */
const PATIENCE_MS = 1_000;
const METADATA = 'http://169.254.169.254';
const CONTAINER = 'http://169.254.170.2';
const ROLE = '/latest/meta-data/iam/security-credentials/';

const answer = z.object({ AccessKeyId: z.string(), SecretAccessKey: z.string(), Token: z.string() });

/**
 * The temporary credentials that a cloud gives to the container or the machine that this runs on; undefined where none does.
 * ECS and EKS: the address in the environment; EC2: its metadata service, version 2.
 */
export async function instanceCredentials(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<S3Credentials | undefined> {
  try {
    return (await ofContainer(env, signal)) ?? (await ofMachine(env, signal));
  } catch {
    signal.throwIfAborted();
    return undefined; // nobody there, or not what it should be
  }
}

async function ofContainer(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<S3Credentials | undefined> {
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const address = relative === undefined ? env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] : CONTAINER + relative;
  if (address === undefined) return undefined;
  const file = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  const token = file === undefined ? env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] : await readFile(file, 'utf8');
  return credentialsOf(await ask(address, token === undefined ? {} : { authorization: token }, signal));
}

async function ofMachine(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<S3Credentials | undefined> {
  if (env['AWS_EC2_METADATA_DISABLED'] === 'true') return undefined;
  const base = env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? METADATA;
  const lifetime = { 'x-aws-ec2-metadata-token-ttl-seconds': '300' };
  const token = await ask(`${base}/latest/api/token`, lifetime, signal, 'PUT');
  const headers = { 'x-aws-ec2-metadata-token': token };
  const role = (await ask(base + ROLE, headers, signal)).split('\n', 1)[0] ?? '';
  return credentialsOf(await ask(base + ROLE + role, headers, signal));
}

async function ask(
  address: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  method = 'GET',
): Promise<string> {
  const both = within([signal], PATIENCE_MS);
  const given = await fetch(address, { method, headers, signal: both });
  if (!given.ok) throw new Error(`${given.status}`);
  return given.text();
}

function credentialsOf(text: string): S3Credentials {
  const { AccessKeyId, SecretAccessKey, Token } = answer.parse(JSON.parse(text));
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
}
