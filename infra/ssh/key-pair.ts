import { generateKeyPairSync, randomBytes } from 'node:crypto';

const KIND = 'ssh-ed25519';
const MAGIC = Buffer.from('openssh-key-v1\0');
const BLOCK_BYTES = 8;
const LINE_CHARS = 70;

interface KeyPair {
  /** `ssh-ed25519 AAAA… comment` */
  readonly public: string;
  /** In OpenSSH format, without a passphrase; a secret. */
  readonly private: string;
}

/**
 * A fresh Ed25519 key pair in OpenSSH's formats (PROTOCOL.key in its sources). The generator of ssh2 1.17.0 writes about one
 * key in a hundred so that OpenSSH cannot read it.
 */
export function generateKeyPair(comment: string): KeyPair {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const [seed, point] = [d, x].map((part) => Buffer.from(part ?? '', 'base64url')) as [Buffer, Buffer];
  const publicBlob = Buffer.concat([string(KIND), string(point)]);
  const check = randomBytes(4);
  const content = Buffer.concat([
    check,
    check,
    publicBlob,
    string(Buffer.concat([seed, point])),
    string(comment),
  ]);
  const padding = Buffer.from(
    Array.from(
      { length: (BLOCK_BYTES - (content.length % BLOCK_BYTES)) % BLOCK_BYTES },
      (_, index) => index + 1,
    ),
  );
  const file = Buffer.concat([
    MAGIC,
    string('none'),
    string('none'),
    string(''),
    number(1),
    string(publicBlob),
    string(Buffer.concat([content, padding])),
  ]);
  const lines = file.toString('base64').match(new RegExp(`.{1,${LINE_CHARS}}`, 'g')) ?? [];
  return {
    public: `${KIND} ${publicBlob.toString('base64')} ${comment}`.trimEnd(),
    private: ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
      '\n',
    ),
  };
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Length and bytes, as RFC 4251 writes a string. */
function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length), bytes]);
}
