// Holds an enclosure open, and listens in it for the tool outside: a socket stays in the network that it was made in.
import { createServer } from 'node:net';

const server = createServer();
server.on('error', ({ message }) => {
  process.stderr.write(`${message}\n`, () => process.exit(1));
});
server.listen({ host: '127.0.0.1', port: Number(process.argv[2]) }, () => {
  process.send({}, server, () => server.close());
});
process.on('disconnect', () => process.exit(0));
