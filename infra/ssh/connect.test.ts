import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { utils, type Client, type ParsedKey } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { needsSshd, startSshd, type TestSshd } from '../../test/support/hosts/sshd.ts';
import { startProxy, type TcpProxy } from '../../test/support/hosts/tcp-proxy.ts';
import { connectSsh, SshRefused } from './connect.ts';
import { KeyAgent } from './key-agent.ts';
import { generateKeyPair } from './key-pair.ts';
import { OwnKey } from './own-key.ts';

describe.skipIf(!needsSshd('to connect to a host'))('one SSH connection', () => {
  let sshd: TestSshd;
  let proxy: TcpProxy;
  const never = new AbortController().signal;
  beforeAll(async () => {
    sshd = await startSshd();
    proxy = await startProxy(sshd.access);
  });
  afterAll(async () => {
    await proxy.close();
    await sshd.remove();
  });

  it('opens to a host that shows the expected key', async () => {
    const client = await connectSsh(sshd.access, { signal: never });
    await closed(client);
  });

  it('opens by a key that only an agent has, and says when the host takes none of the agent’s', async () => {
    const { privateKey, ...access } = sshd.access;
    const own = await KeyAgent.start(`connect-test ${process.pid}`);
    onTestFinished(() => {
      own.close();
    });
    own.add(parsedKey(privateKey));
    const client = await connectSsh({ ...access, agent: own.socket }, { signal: never });
    await closed(client);
    const strange = await KeyAgent.start(`connect-test-strange ${process.pid}`);
    onTestFinished(() => {
      strange.close();
    });
    strange.add(parsedKey(generateKeyPair('strange').private));
    const refused = connectSsh({ ...access, agent: strange.socket }, { signal: never });
    await expect(refused).rejects.toMatchObject({
      reason: 'authentication',
      message: expect.stringContaining('lets in none of the keys offered') as string,
    });
  });

  it('opens by a key of this process, without a socket', async () => {
    const { privateKey, ...access } = sshd.access;
    const agent = new OwnKey(parsedKey(privateKey));
    await closed(await connectSsh({ ...access, agent }, { signal: never }));
    const other = new OwnKey(parsedKey(generateKeyPair('other').private));
    await expect(connectSsh({ ...access, agent: other }, { signal: never })).rejects.toThrow(
      'lets in none of the keys offered',
    );
  });

  it('refuses a host that shows another key, and says which two keys', async () => {
    const other = generateKeyPair('other').public;
    const error = await connectSsh({ ...sshd.access, hostKey: other }, { signal: never }).catch(String);
    expect(error).toContain('shows another host key than this run');
    expect(error).toContain(`${sshd.access.hostKey}, expected ${other}`);
  });

  it('refuses a host that has no key of the expected kind', async () => {
    const hostKey = utils.generateKeyPairSync('ecdsa', { bits: 256 }).public;
    const attempt = connectSsh({ ...sshd.access, hostKey }, { signal: never });
    await expect(attempt).rejects.toMatchObject({ reason: 'host-key', code: 'HOST_UNREACHABLE' });
  });

  it('tells a key that the host does not take from a host that is not there', async () => {
    const privateKey = generateKeyPair('strange').private;
    const strange = connectSsh({ ...sshd.access, privateKey }, { signal: never });
    await expect(strange).rejects.toMatchObject({ reason: 'authentication' });
    const nobody = await connectSsh({ ...sshd.access, port: 1 }, { signal: never }).catch(
      (error: unknown) => error,
    );
    expect(nobody).toMatchObject({ code: 'HOST_UNREACHABLE' });
    expect(nobody).not.toBeInstanceOf(SshRefused);
    expect(String(nobody)).toContain('ECONNREFUSED');
  });

  it('never shows the private key, also when it cannot be read', async () => {
    const { privateKey } = generateKeyPairSync('x25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const error = await connectSsh({ ...sshd.access, privateKey }, { signal: never }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'HOST_UNREACHABLE' });
    expect(JSON.stringify(error) + String(error)).not.toContain(privateKey.split('\n')[1]);
  });

  it('gives up a port that accepts and says nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const attempt = connectSsh({ ...sshd.access, port }, { signal: never, timeoutMs: 200 });
    await expect(attempt).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    silent.close();
  });

  it('ends at once when the signal aborts while it dials', async () => {
    proxy.stall();
    const stop = new AbortController();
    const attempt = connectSsh({ ...sshd.access, port: proxy.port }, { signal: stop.signal });
    setTimeout(() => {
      stop.abort(new Error('enough'));
    }, 100);
    const startedAt = Date.now();
    await expect(attempt).rejects.toThrow('enough');
    expect(Date.now() - startedAt).toBeLessThan(1_000);
    proxy.resume();
    await expect.poll(() => proxy.open).toBe(0);
  });

  it('notices by keepalive a path that went silent', async () => {
    const client = await connectSsh({ ...sshd.access, port: proxy.port }, { signal: never, keepaliveMs: 50 });
    proxy.stall();
    await hasClosed(client);
    proxy.resume();
  });
});

async function closed(client: Client): Promise<void> {
  const end = hasClosed(client);
  client.end();
  await end;
}

async function hasClosed(client: Client): Promise<void> {
  await new Promise<void>((resolve) => {
    client.once('close', resolve);
  });
}

function parsedKey(text: string): ParsedKey {
  const key = utils.parseKey(text) as ParsedKey | ParsedKey[] | Error;
  const [one] = [key].flat();
  if (one === undefined || one instanceof Error) throw new Error('not a key');
  return one;
}
