/** The first bytes of a stream, and all of it: `all` begins with them. A stream that is shorter gives what it has. */
export async function peek(
  bytes: AsyncIterable<Buffer>,
  length: number,
): Promise<{ readonly head: Buffer; readonly all: AsyncIterable<Buffer> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  let have = 0;
  let isOver = false;
  while (have < length && !isOver) {
    const next = await iterator.next();
    isOver = next.done === true;
    if (next.done === true) break;
    chunks.push(next.value);
    have += next.value.length;
  }
  return { head: Buffer.concat(chunks).subarray(0, length), all: following(chunks, iterator) };
}

async function* following(chunks: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
