import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import type { LoadHost } from './load-host.ts';

/** Both ends have the key and no certificate; it goes with an exchange of its own, so that what was recorded stays secret. */
const OPTIONS = {
  ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
} as const;
const IDENTITY = 'rehearse';
const HANDSHAKE_MS = 10_000;

/** Lets in whoever has the key, and nobody else. @param key in hexadecimal */
export function secureServer(key: string, onSocket: (socket: TLSSocket) => void): Server {
  const server = createServer({
    ...OPTIONS,
    handshakeTimeout: HANDSHAKE_MS,
    pskCallback: (_, identity) => (identity === IDENTITY ? Buffer.from(key, 'hex') : null),
  });
  // Strangers are turned away by the handshake.
  server.on('tlsClientError', () => undefined);
  return server.on('secureConnection', onSocket);
}

/** To a server with the same key; `secureConnect` tells that it is one. */
export function secureSocket({ address, port }: LoadHost, key: string): TLSSocket {
  return connect({
    ...OPTIONS,
    host: address,
    port,
    pskCallback: () => ({ psk: Buffer.from(key, 'hex'), identity: IDENTITY }),
    checkServerIdentity: () => undefined,
  });
}
