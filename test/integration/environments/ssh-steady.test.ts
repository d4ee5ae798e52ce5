import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { utils } from 'ssh2';
import { SteadyConnection, type Patience } from '../../../infra/ssh/steady-connection.ts';
import { needsSshd, startSshd, type TestSshd } from '../../support/hosts/sshd.ts';
import { startProxy, type TcpProxy } from '../../support/hosts/tcp-proxy.ts';
import { IMPATIENT } from '../driver/driver-session-fixture.ts';

describe.skipIf(!needsSshd('to keep an SSH connection alive'))('a connection that is opened again', () => {
  let sshd: TestSshd;
  let proxy: TcpProxy;
  let steady: SteadyConnection;
  let notes: string[];
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd.remove();
  });
  beforeEach(async () => {
    proxy = await startProxy(sshd.access);
    notes = [];
    steady = opened();
  });
  afterEach(async () => {
    await steady.close();
    await expect.poll(() => proxy.open, { timeout: 10_000 }).toBe(0);
    await proxy.close();
  });

  function opened(patience: Partial<Patience> = {}, hostKey = sshd.access.hostKey): SteadyConnection {
    return new SteadyConnection(
      { ...sshd.access, port: proxy.port, hostKey },
      {
        signal: new AbortController().signal,
        onNote: (note) => notes.push(note),
        patience: { ...IMPATIENT, ...patience },
      },
    );
  }

  it('is shared by all who use it, also while it is opened', async () => {
    const echo = (n: number): Promise<string> =>
      steady.use(async (connection) => (await connection.exec(`echo ${n}`)).stdout);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(echo));
    expect(answers).toEqual(['1\n', '2\n', '3\n', '4\n', '5\n']);
    expect(proxy.accepted).toBe(1);
    expect(notes).toEqual([]);
  });

  it('carries output, errors, input and exit codes of commands', async () => {
    const end = await steady.use((connection) =>
      connection.exec('cat; echo oops >&2; exit 3', { stdin: 'secret ‘ä’' }),
    );
    expect(end).toEqual({ code: 3, stdout: 'secret ‘ä’', stderr: 'oops\n' });
    const killed = await steady.use((connection) => connection.exec('kill -9 $$'));
    expect(killed.code).toBeNull();
  });

  it('runs work again that was cut, once for all who use the connection, and says so once', async () => {
    let tries = 0;
    const slow = (): Promise<string> =>
      steady.use(async (connection) => {
        tries += 1;
        return (await connection.exec('sleep 0.4; echo there')).stdout;
      });
    const work = Promise.all([slow(), slow()]);
    await expect.poll(() => tries, { timeout: 10_000 }).toBe(2);
    proxy.cut();
    expect(await work).toEqual(['there\n', 'there\n']);
    expect([tries, proxy.accepted]).toEqual([4, 2]);
    expect(notes).toHaveLength(2);
    expect(notes[1]).toMatch(/^connected to 127.0.0.1 again after \d/);
  });

  it('comes back when the host refused for a while', async () => {
    await steady.use((connection) => connection.exec('true'));
    await proxy.refuse();
    setTimeout(() => void proxy.accept(), 500);
    const { stdout } = await steady.use((connection) => connection.exec('echo back'));
    expect(stdout).toBe('back\n');
  });

  it('gives up after the time for that, and may be asked again', async () => {
    await steady.use((connection) => connection.exec('true'));
    await proxy.refuse();
    const work = steady.use((connection) => connection.exec('true'));
    await expect(work).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    await expect(work).rejects.toThrow(/has not answered for 3 s: .*ECONNREFUSED/);
    await proxy.accept();
    await steady.use((connection) => connection.exec('true'));
  });

  it('does not take errors of the work for a broken connection', async () => {
    let tries = 0;
    const work = steady.use(async (connection) => {
      tries += 1;
      await connection.exec('true');
      throw new Error('no good');
    });
    await expect(work).rejects.toThrow('no good');
    expect(tries).toBe(1);
  });

  it('breaks a connection on which an answer does not come in time', async () => {
    let tries = 0;
    const { stdout } = await steady.use((connection) => {
      tries += 1;
      return connection.exec(tries === 1 ? 'sleep 2' : 'echo now', { timeoutMs: 300 });
    });
    expect(stdout).toBe('now\n');
    expect(notes[0]).toContain('no answer in 0.3 s');
  });

  it('does not try again where another host answers', async () => {
    const strange = opened({}, utils.generateKeyPairSync('ed25519').public);
    const work = strange.use((connection) => connection.exec('true'));
    await expect(work).rejects.toThrow('shows another host key');
    expect(proxy.accepted).toBe(1);
    await strange.close();
  });

  it('tells work under way that it was closed', async () => {
    const work = steady.use((connection) => connection.exec('sleep 5'));
    work.catch(() => undefined);
    await expect.poll(() => proxy.open, { timeout: 10_000 }).toBe(1);
    await steady.close();
    await expect(work).rejects.toThrow('closed by this side');
  });
});
