import { z } from 'zod';
import { MOST_DRIVERS } from './driver-hosts.ts';
import { amount, count, linkDelay, linkRate, size, throughput, words } from './fields.ts';

/** PostgreSQL with its default shared_buffers, its own processes and an sshd beside it do not start in less. */
const LEAST_POSTGRES_BYTES = 128 * 1024 ** 2;

const memory = size('4GB');
const about = 'Memory of the host. PostgreSQL needs at least 128MB on its own.';

const linkSchema = z.strictObject({
  rate: linkRate('100mbit')
    .exactOptional()
    .describe('Most that the host sends on the private network, in bits per second.'),
  delay: linkDelay('2ms').exactOptional().describe('Added to each packet that the host sends.'),
});

const common = {
  cpu: amount('a number of CPUs', 2, { min: 0.1, max: 1024 }).exactOptional().describe('CPUs of the host.'),
  memory: memory.exactOptional().describe(about),
  disk: throughput('50MB/s')
    .exactOptional()
    .describe('Most that its disk reads in a second, and most that it writes.'),
  link: linkSchema.exactOptional().describe('The host’s link to the private network.'),
  class: words('a class of hosts', 'dedicated')
    .exactOptional()
    .describe('Kind of host, in the words of the target that rents it.'),
};

const postgresHostSchema = z.strictObject({
  ...common,
  memory: memory
    .refine((bytes) => bytes >= LEAST_POSTGRES_BYTES, {
      error: '{value} is too little for PostgreSQL to start in; write 128MB or more',
    })
    .exactOptional()
    .describe(about),
});

const driverSchema = z.strictObject({
  ...common,
  count: count('a number of hosts', 2, { min: 1, max: MOST_DRIVERS })
    .exactOptional()
    .describe(
      'So many hosts of that size share [the load](workloads.md#more-than-one-driver-host); the first replays the plan.',
    ),
});

export const hostsSchema = z.strictObject({
  primary: postgresHostSchema.exactOptional().describe('The host of the database that is migrated.'),
  standby: postgresHostSchema.exactOptional().describe('The host of the streaming standby.'),
  driver: driverSchema.exactOptional().describe('The host that sends the traffic and replays the plan.'),
});
