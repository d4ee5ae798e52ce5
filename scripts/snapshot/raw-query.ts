import pg from 'pg';

const QUERY_MESSAGE = 0x51;

/** A simple query made of bytes, sent as they are: the session's client_encoding says what they mean, not this program. */
class RawQuery extends pg.Query {
  readonly #message: Buffer;

  constructor(statement: Buffer) {
    super('');
    // Type, length of what follows with the length itself, text, zero byte (PostgreSQL, "Message Formats", Query).
    this.#message = Buffer.allocUnsafe(statement.length + 6);
    this.#message.writeUInt8(QUERY_MESSAGE, 0);
    this.#message.writeUInt32BE(statement.length + 5, 1);
    statement.copy(this.#message, 5);
    this.#message.writeUInt8(0, statement.length + 5);
  }

  override submit = (connection: pg.Connection): void => {
    connection.stream.write(this.#message);
  };
}

/** Runs one statement and drops its rows. Rejects with the server's error. */
export async function runRaw(client: pg.Client, statement: Buffer): Promise<void> {
  const query = new RawQuery(statement);
  await new Promise<void>((resolve, reject) => {
    // Listening to the rows keeps pg from collecting them.
    query.on('row', () => undefined);
    query.once('error', reject);
    query.once('end', () => {
      resolve();
    });
    client.query(query);
  });
}
