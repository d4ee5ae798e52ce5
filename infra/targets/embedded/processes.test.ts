import { expect, it } from 'vitest';
import { pidsOfListing } from './processes.ts';

it('finds a server by its data folder, and its children, in a listing of ps', () => {
  const listing = `    1     0 /sbin/launchd
  400     1 /opt/pg/bin/postgres -D /tmp/dress-rehearsal-a-1/data
  401   400 postgres: checkpointer
  402   400 postgres: postgres rehearsal 127.0.0.1(5000) idle
  500     1 /opt/pg/bin/postgres -D /tmp/dress-rehearsal-a-12/data
  501   500 postgres: checkpointer
  600     1 tail -f /tmp/dress-rehearsal-a-1/postgres.log
  700     1 /opt/pg/bin/initdb -D /tmp/dress-rehearsal-a-1/data -U postgres
`;
  expect(pidsOfListing(listing, '/tmp/dress-rehearsal-a-1')).toEqual([400, 700, 401, 402]);
});
