// Shows a server that has no network as a port of this machine: each connection goes on to its socket. A thread of its own, so
// that what a migration tool sends delays no probe.
import { connect, createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  const upstream = connect({ path: workerData.path, allowHalfOpen: true });
  const cut = () => {
    client.destroy();
    upstream.destroy();
  };
  for (const socket of [client, upstream]) socket.on('error', cut);
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => client.destroy());
  client.pipe(upstream);
  upstream.pipe(client);
});

server.on('error', ({ code }) => parentPort.postMessage({ error: code ?? 'unknown' }));
server.listen({ host: workerData.host, port: workerData.port, exclusive: true }, () =>
  parentPort.postMessage({}),
);
