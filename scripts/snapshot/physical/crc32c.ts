/** Castagnoli's polynomial, reversed. */
const POLYNOMIAL = 0x82f63b78;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** CRC-32C of bytes that come in pieces; Node.js has the other CRC-32 only. */
export class Crc32c {
  #value = 0xffffffff;

  update(chunk: Buffer): void {
    let value = this.#value;
    for (let at = 0; at < chunk.length; at += 1)
      value = (TABLE[(value ^ (chunk[at] ?? 0)) & 0xff] ?? 0) ^ (value >>> 8);
    this.#value = value;
  }

  /** As PostgreSQL writes it into a backup manifest: the bytes of the number as they lie in memory, lowest first. */
  digest(as: 'hex'): string {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE((this.#value ^ 0xffffffff) >>> 0);
    return bytes.toString(as);
  }
}
