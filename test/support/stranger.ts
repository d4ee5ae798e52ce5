import pg from 'pg';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';

/** Runs `use` on a session that is none of the tool's, as another program would open it. */
export async function asStranger<T>(
  endpoint: PgEndpoint,
  applicationName: string,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ ...endpoint, application_name: applicationName });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
