import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { ServedProcess } from './served-process.ts';
import { secureServer } from './secure-socket.ts';

interface LoadService {
  /** Where it listens; nobody else does. */
  readonly port: number;
  /** Ends all processes of the load here. */
  close(): void;
}

/**
 * Takes load processes in for whoever has the key: each connection is one, and ends it.
 * @param address of this host, as the others reach it
 * @param look what the kernel of this host says, told to whoever asks
 * @param dir for the requests of each process until they are sent
 */
export async function serveLoad({
  address,
  key,
  dir,
  look,
}: {
  address: string;
  key: string;
  dir: string;
  look: () => Promise<unknown>;
}): Promise<LoadService> {
  const sockets = new Set<TLSSocket>();
  let count = 0;
  const server = secureServer(key, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    new ServedProcess(socket, join(dir, `requests-${++count}.ndjson`), look);
  });
  server.listen(0, address);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
