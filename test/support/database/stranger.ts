import pg from 'pg';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { registerNames } from '../../../scripts/pg/messages/public-names.ts';

/** Runs `use` on a session that is none of the tool's, as another program would open it whose name the author knows. */
export async function asStranger<T>(
  endpoint: PgEndpoint,
  applicationName: string,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  registerNames([applicationName]);
  const client = new pg.Client({ ...endpoint, application_name: applicationName });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
