import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { probeHost } from '../../infra/ssh/probe.ts';
import type { SshAccess } from '../../infra/ssh/access.ts';
import { watchHosts } from '../../infra/ssh/watch.ts';
import { needsSshd, startSshd, type TestSshd } from '../support/sshd.ts';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { generateKeyPair } from '../../infra/ssh/key-pair.ts';

const skip = !needsSshd('to look after hosts by SSH');
let sshd: TestSshd;
let proxy: TcpProxy;

function access(): SshAccess {
  return { ...sshd.access, port: proxy.port };
}

describe.skipIf(skip)('hosts by SSH', () => {
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd.remove();
  });
  beforeEach(async () => {
    proxy = await startProxy(sshd.access);
  });
  afterEach(async () => {
    await expect.poll(() => proxy.open, { timeout: 10_000 }).toBe(0);
    await proxy.close();
  });

  describe('waiting until one answers', () => {
    const never = new AbortController().signal;

    it('ends as soon as a command ran there', async () => {
      await probeHost(access(), never);
    });

    it('goes on while the port is closed', async () => {
      await proxy.refuse();
      setTimeout(() => void proxy.accept(), 400);
      await probeHost(access(), never);
    });

    it('ends with its time', async () => {
      await proxy.refuse();
      const probe = probeHost(access(), never, { limitMs: 400 });
      await expect(probe).rejects.toThrow(/did not answer by SSH within 0.4 s: .*ECONNREFUSED/);
    });

    it('ends at once where another host answers, and with its time where the key is not taken', async () => {
      const { public: hostKey, private: privateKey } = generateKeyPair('');
      await expect(probeHost({ ...access(), hostKey }, never)).rejects.toThrow('another host key');
      const strange = probeHost({ ...access(), privateKey }, never, { limitMs: 3_000 });
      await expect(strange).rejects.toThrow(/within 3 s: .*does not take/);
    });

    it('ends when it is told to', async () => {
      proxy.stall();
      const signal = AbortSignal.timeout(100);
      await expect(probeHost(access(), signal)).rejects.toBe(await reasonOf(signal));
      proxy.resume();
    });
  });

  describe('watching some', () => {
    interface Watch {
      readonly gone: { role: string; message: string; code: string }[];
      readonly over: Promise<void>;
      end(): Promise<void>;
    }

    function watch(hosts: { role: string; access: SshAccess }[], goneMs = 500): Watch {
      const stop = new AbortController();
      const gone: Watch['gone'] = [];
      const over = watchHosts(hosts, {
        signal: stop.signal,
        goneMs,
        keepaliveMs: 150,
        onGone: (role, { message, code }) => gone.push({ role, message, code }),
      });
      return {
        gone,
        over,
        async end() {
          stop.abort();
          await over;
        },
      };
    }

    it('tells of the one that is gone, by its role, once', async () => {
      const other = await startProxy(sshd.access);
      const watching = watch([
        { role: 'primary', access: access() },
        { role: 'driver', access: { ...sshd.access, port: other.port } },
      ]);
      await expect.poll(() => proxy.open + other.open, { timeout: 10_000 }).toBe(2);
      await proxy.refuse();
      await expect.poll(() => watching.gone, { timeout: 10_000 }).toHaveLength(1);
      expect(watching.gone[0]).toMatchObject({ role: 'primary', code: 'HOST_DIED' });
      expect(watching.gone[0]!.message).toContain('the primary host (127.0.0.1) is gone');
      expect(other.open).toBe(1);
      await watching.end();
      expect(watching.gone).toHaveLength(1);
      await expect.poll(() => other.open, { timeout: 10_000 }).toBe(0);
      await other.close();
    });

    it('says nothing of a cut that is mended in time', async () => {
      const watching = watch([{ role: 'primary', access: access() }], 10_000);
      await expect.poll(() => proxy.open, { timeout: 10_000 }).toBe(1);
      proxy.cut();
      await expect.poll(() => proxy.accepted, { timeout: 10_000 }).toBe(2);
      await expect.poll(() => proxy.open, { timeout: 10_000 }).toBe(1);
      await watching.end();
      expect(watching.gone).toEqual([]);
    });

    it('notices a host that went silent', async () => {
      const watching = watch([{ role: 'standby', access: access() }]);
      await expect.poll(() => proxy.open, { timeout: 10_000 }).toBe(1);
      proxy.stall();
      await expect.poll(() => watching.gone, { timeout: 20_000 }).toHaveLength(1);
      await watching.over;
      proxy.resume();
    });
  });
});

async function reasonOf(signal: AbortSignal): Promise<unknown> {
  if (!signal.aborted) {
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true });
    });
  }
  return signal.reason;
}
