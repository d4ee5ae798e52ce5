import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type ListenOptions } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { Cleanup } from '../../../scripts/shared/cleanup.ts';

/** Listeners of a test, in every place where a program of this machine may listen. */
export interface Listeners {
  /** How `net.connect` reaches each that takes connections, by name. */
  readonly ways: Readonly<
    Record<string, { readonly host?: string; readonly port?: number; readonly path?: string }>
  >;
  /** Of a name server on 127.0.0.1. */
  readonly dnsPort: number;
  /** `<name> <first word that came>`, in any order. */
  readonly heard: readonly string[];
  close(): Promise<void>;
}

/** @param folder for a socket that is called as PostgreSQL's */
export async function openListeners(folder: string): Promise<Listeners> {
  const cleanup = new Cleanup();
  const heard: string[] = [];
  const listen = async (name: string, where: ListenOptions): Promise<number> => {
    const server = createServer((socket) => {
      socket.once('data', (chunk) => {
        heard.push(`${name} ${chunk.toString().split('\n')[0] ?? ''}`);
        socket.destroy();
      });
      socket.on('error', () => undefined);
    });
    server.listen(where);
    await once(server, 'listening');
    cleanup.add(name, async () => {
      server.close();
      await once(server, 'close');
    });
    const address = server.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  };
  const host = machineAddress();
  const path = join(folder, '.s.PGSQL.5432');
  const abstract = `\0rehearse-test-${process.pid}`;
  const ways = {
    loopback: { host: '127.0.0.1', port: await listen('loopback', { host: '127.0.0.1', port: 0 }) },
    ...(host === undefined ? {} : { machine: { host, port: await listen('machine', { host, port: 0 }) } }),
    abstract: { path: abstract },
    postgres: { path },
  };
  await listen('abstract', { path: abstract });
  await listen('postgres', { path });
  const dns = createSocket('udp4', () => heard.push('dns asked'));
  dns.bind(0, '127.0.0.1');
  await once(dns, 'listening');
  cleanup.add('dns', async () => {
    dns.close();
    await once(dns, 'close');
  });
  return {
    ways,
    heard,
    dnsPort: dns.address().port,
    close: async () => {
      await cleanup.run();
    },
  };
}

/** An address of this machine beside the loopback one; undefined where it has no network. */
function machineAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
