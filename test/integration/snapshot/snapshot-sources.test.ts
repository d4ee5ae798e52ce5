import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findOnPath } from '../../../scripts/shared/files/find-on-path.ts';
import { redact } from '../../../scripts/shared/text/redact.ts';
import { remoteSource } from '../../../scripts/snapshot/sources/open-remote.ts';
import { readRemote, type RemoteFacts } from '../../../scripts/snapshot/sources/read-remote.ts';
import { startFileServer, TEST_KEYS, type FileServer } from '../../support/servers/file-server.ts';
import { needs } from '../../support/needs.ts';
import { needsSshd, startSshd, type TestSshd } from '../../support/hosts/sshd.ts';

const BYTES = randomBytes(3_000_000);
const SHA256 = sha256(BYTES);
const CUTS = { cutAfter: [700_000, 100, 1_500_000] };

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function read(
  url: string,
  { env = {}, onChunk }: { env?: NodeJS.ProcessEnv; onChunk?: () => void } = {},
): Promise<{ bytes: Buffer; facts: RemoteFacts }> {
  const facts: RemoteFacts = { sizeBytes: null, cuts: 0 };
  const chunks: Buffer[] = [];
  const signal = AbortSignal.timeout(60_000);
  for await (const chunk of readRemote(remoteSource({ url }, env), { signal, facts, firstPauseMs: 5 })) {
    chunks.push(chunk);
    onChunk?.();
  }
  return { bytes: Buffer.concat(chunks), facts };
}

describe('a snapshot on a web server', () => {
  let web: FileServer;
  beforeAll(async () => (web = await startFileServer()));
  afterAll(() => web.stop());

  it('that is cut three times and busy twice goes on where it was, byte for byte', async () => {
    const url = web.give('cut', BYTES, { ...CUTS, refusals: [503, 429] });
    const { bytes, facts } = await read(url);
    expect(sha256(bytes)).toBe(SHA256);
    expect(facts).toEqual({ sizeBytes: BYTES.length, cuts: 5 });
    expect(web.asked('cut').map(({ range }) => range)).toEqual([
      undefined,
      undefined,
      undefined,
      'bytes=700000-',
      'bytes=700100-',
      'bytes=2200100-',
    ]);
  });

  it('that knows no Range is read again from its beginning', async () => {
    const { bytes } = await read(web.give('plain', BYTES, { ...CUTS, withoutRange: true }));
    expect(sha256(bytes)).toBe(SHA256);
  });

  it('that changes while it is read is refused', async () => {
    const url = web.give('changing', BYTES, CUTS);
    const changing = read(url, {
      onChunk: () => {
        web.change('changing', randomBytes(BYTES.length));
      },
    });
    await expect(changing).rejects.toMatchObject({
      code: 'SNAPSHOT_INVALID',
      message: `${url} changed while it was read`,
    });
  });

  it('that is not there, or may not be read, is told at once and without its secrets', async () => {
    await expect(read(`${web.origin}/nothing.sql?token=swordfish-11`)).rejects.toMatchObject({
      code: 'SNAPSHOT_NOT_FOUND',
      message: `the snapshot ${web.origin}/nothing.sql does not exist: 404 Not Found`,
    });
    web.give('private', BYTES, { refusals: [403] });
    const url = `${web.origin.replace('//', '//ada:swordfish-12@')}/private`;
    await expect(read(url)).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: `the snapshot ${web.origin}/private may not be read: 403 Forbidden`,
    });
    const [asked] = web.asked('private');
    expect(asked?.authorization).toBe(`Basic ${Buffer.from('ada:swordfish-12').toString('base64')}`);
    expect(redact(`swordfish-11 swordfish-12 ${asked?.authorization ?? ''}`)).toBe('*** *** Basic ***');
    expect(web.asked('nothing.sql')).toHaveLength(1);
  });
});

describe('a snapshot in S3', () => {
  let s3: FileServer;
  beforeAll(async () => (s3 = await startFileServer({ checksSignatures: true })));
  afterAll(() => s3.stop());
  const { accessKeyId: id, secretAccessKey: secret } = TEST_KEYS;

  it('is read with signed requests, also from where it was cut', async () => {
    s3.give('dumps/2026 11/shop+(a).dump', BYTES, CUTS);
    const env = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_ENDPOINT_URL: s3.origin };
    const { bytes } = await read('s3://dumps/2026%2011/shop+(a).dump', { env });
    expect(sha256(bytes)).toBe(SHA256);
    expect(redact(secret)).toBe('***');
  });

  it('is reached by the profile that AWS_PROFILE names', async () => {
    const home = await mkdtemp(join(tmpdir(), 'aws-'));
    const [AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE] = [join(home, 'credentials'), join(home, 'config')];
    const keys = `aws_access_key_id = ${id}\naws_secret_access_key=${secret}\n`;
    await writeFile(AWS_SHARED_CREDENTIALS_FILE, `[default]\naws_access_key_id=other\n\n[nightly]\n${keys}`);
    const config = `[profile nightly]\nregion = eu-central-1\nendpoint_url = ${s3.origin}\n`;
    await writeFile(AWS_CONFIG_FILE, config);
    s3.give('dumps/shop.dump', BYTES);
    const env = { AWS_PROFILE: 'nightly', AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE };
    expect(sha256((await read('s3://dumps/shop.dump', { env })).bytes)).toBe(SHA256);
    expect(s3.asked('dumps/shop.dump')[0]?.authorization).toContain('/eu-central-1/s3/aws4_request');
    await rm(home, { recursive: true });
  });

  it('is reached by the role of the container that this runs in', async () => {
    const credentials = { AccessKeyId: id, SecretAccessKey: secret, Token: 'a-session-token' };
    const role = await startFileServer();
    const url = role.give('role', Buffer.from(JSON.stringify(credentials)));
    s3.give('dumps/role.dump', BYTES);
    const env = {
      HOME: '/nowhere',
      AWS_ENDPOINT_URL: s3.origin,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'let-me-in',
    };
    expect(sha256((await read('s3://dumps/role.dump', { env })).bytes)).toBe(SHA256);
    expect(role.asked('role')[0]?.authorization).toBe('let-me-in');
    await role.stop();
  });

  it('is refused with a wrong secret, and told where there are no credentials', async () => {
    const env = { AWS_ENDPOINT_URL: s3.origin, HOME: '/nowhere', AWS_EC2_METADATA_DISABLED: 'true' };
    const wrong = { ...env, AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: 'a-wrong-secret' };
    await expect(read('s3://dumps/shop.dump', { env: wrong })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: 'the snapshot s3://dumps/shop.dump may not be read: 403 Forbidden',
    });
    await expect(read('s3://dumps/shop.dump', { env })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: 'there are no credentials for S3',
      hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile by AWS_PROFILE',
    });
  });
});

describe.skipIf(!needsSshd('to read a snapshot over SSH') || !needs('/usr/bin/ssh', 'to read over SSH'))(
  'a snapshot on a host',
  () => {
    let sshd: TestSshd;
    let folder: string;
    let url: string;

    beforeAll(async () => {
      const ssh = await findOnPath('ssh');
      sshd = await startSshd();
      folder = await mkdtemp(join(tmpdir(), 'snapshot-ssh-'));
      await writeFile(join(folder, "odd 'name'.sql"), BYTES);
      const { host, port, username, privateKey, hostKey } = sshd.access;
      await writeFile(join(folder, 'key'), privateKey, { mode: 0o600 });
      await writeFile(join(folder, 'known'), `dumps ${hostKey}\n`);
      const config = [
        'Host dumps',
        `HostName ${host}`,
        `Port ${port}`,
        `User ${username}`,
        'HostKeyAlias dumps',
        `IdentityFile ${join(folder, 'key')}`,
        `UserKnownHostsFile ${join(folder, 'known')}`,
      ];
      await writeFile(join(folder, 'config'), `${config.join('\n  ')}\n`);
      // The test's configuration stands for the user's own, which ssh looks for in the home folder of the password file.
      await writeFile(
        join(folder, 'ssh'),
        `#!/bin/sh\nexec ${ssh ?? ''} -F ${join(folder, 'config')} "$@"\n`,
      );
      await chmod(join(folder, 'ssh'), 0o755);
      vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
      url = `ssh://dumps${encodeURI(folder)}/odd%20%27name%27.sql`;
    });
    afterAll(async () => {
      vi.unstubAllEnvs();
      await sshd.remove();
      await rm(folder, { recursive: true, force: true });
    });

    it('is read by the user’s own ssh and goes on where it was cut', async () => {
      let cuts = 0;
      const { bytes, facts } = await read(url, {
        onChunk: () => {
          if (cuts++ === 3) void sshd.stop().then(() => sshd.start());
        },
      });
      expect(sha256(bytes)).toBe(SHA256);
      expect(facts.sizeBytes).toBe(BYTES.length);
    });

    it('that is not there or is a folder is told', async () => {
      const missing = `ssh://dumps${encodeURI(folder)}/nothing`;
      await expect(read(missing)).rejects.toMatchObject({
        code: 'SNAPSHOT_NOT_FOUND',
        message: `the snapshot ${missing} does not exist: the host has no such file`,
      });
      await expect(read(`ssh://dumps${encodeURI(folder)}`)).rejects.toMatchObject({
        code: 'SNAPSHOT_INVALID',
      });
    });

    it('whose host knows no key of ours is refused at once', async () => {
      await writeFile(join(folder, 'known'), '');
      await expect(read(url)).rejects.toMatchObject({
        code: 'CONNECTION_FAILED',
        message: expect.stringMatching(/may not be read: Host key verification failed/) as string,
      });
    });
  },
);
