import pg from 'pg';

const { Query } = pg;
/** At most so much goes out in one message of the protocol. */
const CHUNK_BYTES = 64 * 1024;

/** What a session is to run. */
export interface Sendable {
  readonly text: string;
  /** Parameters; a COPY has none. */
  readonly values?: readonly string[];
  /** The rows behind COPY … FROM STDIN, as a file has them, without the closing line. */
  readonly copyRows?: string;
}

/**
 * Sends a statement, and its rows where it is COPY … FROM STDIN. Behind those nothing may be sent until it is answered: the server
 * would take it for more of them.
 */
export async function runStatement(
  client: pg.Client,
  { text, values, copyRows }: Sendable,
): Promise<pg.QueryArrayResult> {
  if (copyRows === undefined)
    return client.query({ text, rowMode: 'array', ...(values && { values: [...values] }) });
  return new Promise((resolve, reject) => {
    client.query(
      new CopyQuery({ text, copyRows }, (error, result) => {
        if (error) reject(error);
        else resolve(result as pg.QueryArrayResult);
      }),
    );
  });
}

class CopyQuery extends Query {
  readonly #rows: Buffer;

  constructor(
    { text, copyRows }: Required<Pick<Sendable, 'text' | 'copyRows'>>,
    done: (error: Error | undefined, result: object) => void,
  ) {
    super(text, done);
    this.#rows = Buffer.from(copyRows);
  }

  /** Called by pg when the server is ready for the rows. */
  handleCopyInResponse(connection: RowTaker): void {
    for (let at = 0; at < this.#rows.length; at += CHUNK_BYTES)
      connection.sendCopyFromChunk(this.#rows.subarray(at, at + CHUNK_BYTES));
    connection.endCopyFrom();
  }
}

interface RowTaker {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}
