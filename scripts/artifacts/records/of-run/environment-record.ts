import { z } from 'zod';
import { moment, number, text } from '../primitives.ts';

/** artifacts/environment.json. What is optional is not in the records of older runs. */
export const EnvironmentRecord = z.object({
  target: text,
  /** When its making began, ISO 8601 UTC: on targets with a driver host that is before the zero of the run's clock. */
  startedAt: text.nullable().exactOptional(),
  /** When it was found to be gone, or was left up on purpose; without it, the end of the run counts. */
  endedAt: text.nullable().exactOptional(),
  /** Number of hosts; 1 for `embedded`. */
  hosts: number,
  /** By role and address on the private network, with the limits that each was given (null = all of its machine). */
  hostInfo: z
    .array(
      z.object({
        role: text,
        address: text,
        cpus: number.nullable().exactOptional(),
        memoryBytes: number.nullable().exactOptional(),
      }),
    )
    .readonly()
    .exactOptional(),
  /** What was created, by kind, such as `{ host: 3, network: 1 }`. */
  created: z.record(text, number).nullable().exactOptional(),
  /** What made it, such as `Pulumi 3.259.0`. */
  engine: text.nullable().exactOptional(),
  createMs: moment,
  /** Null until the environment was taken down. */
  destroyMs: number.nullable(),
  /** What a sweep by name found after the teardown; null = not swept yet. */
  leftovers: number.nullable(),
  /** What the sweep found, one by one, such as `process 4711` or `folder /tmp/…`. */
  left: z.array(text).readonly().exactOptional(),
  /** Until when it was left up on purpose, ISO 8601 UTC; null = it was taken down. */
  keptUntil: text.nullable().exactOptional(),
  /** Absent where the environment was for this run alone. */
  shared: z
    .object({
      /** The environment's own id, which its hosts bear. */
      id: text,
      /** Of the rehearsals on it, from 1. */
      position: number,
      of: number,
      /** Once for all of them. */
      bootMs: number,
      /** For the fresh servers of this one; 0 = they came with the hosts. */
      freshMs: number,
      /** ISO 8601 UTC; nothing of it lives longer. */
      until: text,
    })
    .exactOptional(),
  /** Of the environment as a whole. */
  price: z
    .object({
      amountPerHour: number,
      currency: text,
      /** What was ordered before in another place, and taken back, cost this at most. */
      spentBefore: number.exactOptional(),
      /** Time is billed in these, rounded up, and never less than `minimumMs` or `minimumAmount` in all; by the moment unless given. */
      billing: z
        .object({
          unitMs: number,
          minimumMs: number,
          minimumAmount: number.exactOptional(),
        })
        .exactOptional(),
    })
    .nullable(),
  /** `18.4` as the server says it. */
  postgresVersion: text,
  /** Settings that were asked for and what SHOW said while the plan ran. */
  settings: z
    .array(
      z.object({
        name: text,
        asked: text.nullable(),
        shown: text,
      }),
    )
    .readonly(),
  /** Roles of the snapshot that the rehearsal connected as. Absent in older runs. */
  roles: z
    .array(
      z.object({
        name: text,
        superuser: z.boolean(),
        /** The plan's, which was made the owner of the database: a dump does not say whose that is. */
        madeOwner: z.boolean(),
      }),
    )
    .readonly()
    .exactOptional(),
  /** The machine on which the engine ran. */
  machine: z.object({
    cpus: number,
    memoryBytes: number,
    os: text,
  }),
  /** What this environment cannot tell, as sentences. */
  limits: z.array(text).readonly(),
});
export type EnvironmentRecord = z.infer<typeof EnvironmentRecord>;
