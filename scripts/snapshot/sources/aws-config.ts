import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { RehearsalError } from '../../shared/errors.ts';
import { registerSecret } from '../../shared/text/redact.ts';
import { instanceCredentials } from './aws-instance.ts';
import type { S3Credentials } from './sigv4.ts';

export interface S3Access {
  readonly credentials: S3Credentials;
  readonly region: string;
  /** Of the service, without bucket. */
  readonly endpoint: URL;
}

type Section = Readonly<Record<string, string>>;

/**
 * How S3 is reached, by what the AWS CLI goes by: the environment, else the profile of its two files, else the role of the
 * machine or container that this runs on.
 * @throws CONNECTION_FAILED where nobody gives credentials
 */
export async function s3Access(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<S3Access> {
  const name = env['AWS_PROFILE'] ?? env['AWS_DEFAULT_PROFILE'] ?? 'default';
  const folder = join(env['HOME'] ?? homedir(), '.aws');
  const [secrets, settings] = await Promise.all([
    sectionOf(env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(folder, 'credentials'), [name]),
    sectionOf(env['AWS_CONFIG_FILE'] ?? join(folder, 'config'), [`profile ${name}`, name]),
  ]);
  const profile = { ...settings, ...secrets };
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? profile['region'] ?? 'us-east-1';
  const named = env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'] ?? profile['endpoint_url'];
  const credentials = inEnvironment(env) ?? inProfile(profile) ?? (await instanceCredentials(env, signal));
  if (credentials === undefined) throw noCredentials(name, profile);
  registerSecret(credentials.secretAccessKey);
  if (credentials.sessionToken !== undefined) registerSecret(credentials.sessionToken);
  return { credentials, region, endpoint: new URL(named ?? `https://s3.${region}.amazonaws.com`) };
}

function inEnvironment(env: NodeJS.ProcessEnv): S3Credentials | undefined {
  return credentialsOf(env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY'], env['AWS_SESSION_TOKEN']);
}

function inProfile(profile: Section): S3Credentials | undefined {
  const { aws_access_key_id, aws_secret_access_key, aws_session_token } = profile;
  return credentialsOf(aws_access_key_id, aws_secret_access_key, aws_session_token);
}

function credentialsOf(id?: string, secret?: string, token?: string): S3Credentials | undefined {
  if (id === undefined || secret === undefined || id === '' || secret === '') return undefined;
  return { accessKeyId: id, secretAccessKey: secret, ...(token ? { sessionToken: token } : {}) };
}

function noCredentials(profile: string, section: Section): RehearsalError {
  const how = ['sso_start_url', 'sso_session', 'role_arn', 'credential_process'].find(
    (key) => key in section,
  );
  const hint =
    how === undefined
      ? 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile by AWS_PROFILE'
      : `the profile ${profile} goes by ${how}, which is not spoken here: eval "$(aws configure export-credentials --profile ${profile} --format env)"`;
  return new RehearsalError('CONNECTION_FAILED', 'there are no credentials for S3', { hint });
}

/** The first of the named sections of an INI file that is there; empty where none is. */
async function sectionOf(path: string, names: readonly string[]): Promise<Section> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const sections = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const header = /^\s*\[\s*(.*?)\s*\]/.exec(line)?.[1];
    const [, key, value] = /^([A-Za-z_][\w-]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (header !== undefined) sections.set(header, (current = {}));
    else if (key !== undefined && value !== undefined) current[key.toLowerCase()] = value;
  }
  return names.map((name) => sections.get(name)).find((section) => section !== undefined) ?? {};
}
