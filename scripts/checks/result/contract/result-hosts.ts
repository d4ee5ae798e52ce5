import { z } from 'zod';

/* The parts of result.json about hosts. What has a default came later than the first results of schemaVersion 1. */

const ms = z.number().nonnegative();
const count = z.int().nonnegative();
const lagMs = ms.nullable();
const lagBytes = count.nullable();

export const standbySchema = z
  .object({
    writeLagMs: lagMs,
    flushLagMs: lagMs,
    replayLagMs: lagMs,
    writeLagBytes: lagBytes,
    flushLagBytes: lagBytes,
    replayLagBytes: lagBytes,
    peakMs: ms.nullable().describe('When the replay lag was largest, counted from the start of the run'),
    peakStep: z.string().nullable().describe('The step that went on, or had last begun, at that moment'),
    gaps: z
      .array(z.object({ fromMs: ms, toMs: ms.nullable() }))
      .describe('When no standby streamed; toMs is null where it did not come back'),
  })
  .describe(
    'The largest lags between the start of the first step and the end of the load; null = never seen',
  );

const hostSchema = z.object({
  role: z.string(),
  address: z.string(),
  cpus: z.number().nullable().describe('Limit; null = all of its machine'),
  memoryBytes: count.nullable().describe('Limit; null = all of its machine'),
});

export const environmentSchema = z.object({
  hosts: count,
  hostInfo: z.array(hostSchema).default([]),
  created: z.record(z.string(), count).nullable().default(null).describe('What was created, by kind'),
  engine: z.string().nullable().default(null).describe('What made it, such as Pulumi 3.259.0'),
  createMs: ms,
  destroyMs: ms.nullable(),
  firstStatementMs: ms
    .nullable()
    .default(null)
    .describe('From the beginning of its making to the first step of the plan'),
  emptyMs: ms.nullable().default(null).describe('From the end of the load to the environment being gone'),
  leftovers: count
    .nullable()
    .describe(
      'What a sweep by name found afterwards; null = none was made, as where the environment was kept',
    ),
  left: z.array(z.string()).default([]).describe('What the sweep found, one by one'),
  keptUntil: z.string().nullable().default(null).describe('Left up on purpose until then'),
  shared: z
    .object({
      id: z.string().describe('Its own, as its hosts bear it'),
      position: count.describe('Of the rehearsals on it, from 1'),
      of: count.describe('How many there were to be'),
      bootMs: ms.describe('How long its making took, once for all of them'),
      freshMs: ms.describe('How long the fresh servers of this one took; 0 = they came with the hosts'),
    })
    .exactOptional()
    .describe('The hosts were those of several rehearsals, one after the other; absent = of this one alone'),
  hours: z.number().nonnegative().nullable().default(null).describe('Host-hours up to the end of the run'),
  price: z
    .object({ amountPerHour: z.number(), currency: z.string() })
    .nullable()
    .describe('Of the environment as a whole'),
  cost: z
    .object({ amount: z.number(), currency: z.string() })
    .nullable()
    .default(null)
    .describe('Its price for the time that it was there, up to the end of the run'),
  rentedInstead: z
    .array(
      z.object({
        cloud: z.string(),
        amount: z.number(),
        currency: z.string(),
        hosts: count,
        sizes: z.string(),
        asOf: z.string().describe('The day that its prices are of'),
      }),
    )
    .default([])
    .describe(
      'Where nothing was rented: what the same time would have cost on rented hosts of the usual size',
    ),
  postgresVersion: z.string(),
  settings: z.array(z.object({ name: z.string(), asked: z.string().nullable(), shown: z.string() })),
  machine: z
    .object({ cpus: count, memoryBytes: count, os: z.string() })
    .describe('The machine on which the engine ran'),
});
