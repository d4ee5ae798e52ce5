import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../../support/needs.ts';
import { findOnPath } from '../../../scripts/shared/files/find-on-path.ts';
import type { Compression } from '../../../scripts/snapshot/snapshot-format.ts';
import { SourceStream } from '../../../scripts/snapshot/compressed/source-stream.ts';
import { unzstdByProgram, unzstdHere } from '../../../scripts/snapshot/compressed/unzstd.ts';

const TEXT = Buffer.from(
  `select 1;\n${randomBytes(200_000).toString('base64')}\n${'the same line again\n'.repeat(200_000)}`,
);

async function joined(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}

async function* oneByOne(bytes: Buffer, chunkBytes = 10_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  return Promise.resolve();
}

describe('SourceStream', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'source-stream-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function source(bytes: Buffer, compression: Compression): Promise<SourceStream> {
    const path = join(folder, 'shop.sql');
    await writeFile(path, bytes);
    return SourceStream.ofFile(path, 'shop.sql', compression);
  }

  it.each([
    ['one member', gzipSync(TEXT)],
    ['two members', Buffer.concat([gzipSync(TEXT.subarray(0, 1000)), gzipSync(TEXT.subarray(1000))])],
    ['padding behind it', Buffer.concat([gzipSync(TEXT), Buffer.alloc(3_000_000)])],
  ])('decompresses gzip of %s and hashes all bytes of the file', async (_, bytes) => {
    const stream = await source(bytes, 'gzip');
    expect((await joined(stream.content())).equals(TEXT)).toBe(true);
    expect(await stream.sha256()).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(stream.readBytes).toBe(bytes.length);
  });

  it('says that a gzip stream is truncated or damaged', async () => {
    const bytes = gzipSync(TEXT);
    for (const length of [3, 20, 1000, bytes.length - 9, bytes.length - 1]) {
      await expect(joined((await source(bytes.subarray(0, length), 'gzip')).content())).rejects.toMatchObject(
        {
          code: 'SNAPSHOT_INVALID',
          message: 'shop.sql ends in the middle of its gzip stream: the file is truncated',
        },
      );
    }
    bytes.fill(7, 100_000, 100_100);
    await expect(joined((await source(bytes, 'gzip')).content())).rejects.toMatchObject({
      code: 'SNAPSHOT_INVALID',
      message: 'shop.sql is damaged: its gzip stream cannot be read',
    });
  });

  it('closes the file when the reader stops early', async () => {
    const stream = await source(TEXT, 'none');
    for await (const chunk of stream.content()) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(stream.readBytes).toBeLessThan(TEXT.length);
  });
});

describe.skipIf(!needs('zstd', 'to make zstd files'))('zstd', () => {
  const compress = async (bytes: Buffer, ...args: string[]): Promise<Buffer> =>
    Buffer.from(
      (await execa('zstd', ['-qc', ...args], { input: bytes, encoding: 'buffer', stripFinalNewline: false }))
        .stdout,
    );

  const ways = [
    ['JavaScript', unzstdHere],
    [
      'the zstd program',
      async function* (raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
        yield* unzstdByProgram((await findOnPath('zstd')) ?? '', raw);
      },
    ],
  ] as const;

  it.each(ways)('is decompressed by %s, of one frame or several', async (_, unzstd) => {
    const half = TEXT.length / 2;
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const files = [
      await compress(TEXT),
      await compress(TEXT, '-19', '--no-check'),
      Buffer.concat([
        await compress(TEXT.subarray(0, half)),
        await compress(Buffer.alloc(0)),
        await compress(TEXT.subarray(half)),
      ]),
      Buffer.concat([skippable, await compress(TEXT), skippable]),
    ];
    for (const file of files) expect((await joined(unzstd(oneByOne(file)))).equals(TEXT)).toBe(true);
  });

  it.each(ways)('that breaks off is noticed by %s', async (_, unzstd) => {
    const file = await compress(TEXT);
    for (const length of [6, 17, 1000, Math.floor(file.length / 2), file.length - 5, file.length - 1]) {
      await expect(
        joined(unzstd(oneByOne(file.subarray(0, length)))),
        `cut to ${length}`,
      ).rejects.toMatchObject({
        code: 'ZSTD_TRUNCATED',
      });
    }
  });

  it.each(ways)('that is damaged is noticed by %s', async (_, unzstd) => {
    const file = await compress(TEXT);
    file.fill(0xff, 0, 12);
    file.writeUInt32LE(0xfd2fb528, 0);
    await expect(joined(unzstd(oneByOne(file)))).rejects.toMatchObject({ code: 'ZSTD_DAMAGED' });
  });
});
