/** artifacts/environment.json. What is optional is not in the records of older runs. */
export interface EnvironmentRecord {
  readonly target: string;
  /** When its making began, ISO 8601 UTC: on targets with a driver host that is before the zero of the run's clock. */
  readonly startedAt?: string | null;
  /** When it was found to be gone, or was left up on purpose; without it, the end of the run counts. */
  readonly endedAt?: string | null;
  /** Number of hosts; 1 for `embedded`. */
  readonly hosts: number;
  /** By role and address on the private network, with the limits that each was given (null = all of its machine). */
  readonly hostInfo?: readonly {
    readonly role: string;
    readonly address: string;
    readonly cpus?: number | null;
    readonly memoryBytes?: number | null;
  }[];
  /** What was created, by kind, such as `{ host: 3, network: 1 }`. */
  readonly created?: Readonly<Record<string, number>> | null;
  /** What made it, such as `Pulumi 3.259.0`. */
  readonly engine?: string | null;
  readonly createMs: number;
  /** Null until the environment was taken down. */
  readonly destroyMs: number | null;
  /** What a sweep by name found after the teardown; null = not swept yet. */
  readonly leftovers: number | null;
  /** What the sweep found, one by one, such as `process 4711` or `folder /tmp/…`. */
  readonly left?: readonly string[];
  /** Until when it was left up on purpose, ISO 8601 UTC; null = it was taken down. */
  readonly keptUntil?: string | null;
  /** Of the environment as a whole. */
  readonly price: {
    readonly amountPerHour: number;
    readonly currency: string;
    /** Time is billed in these, rounded up, and never less than `minimumMs` or `minimumAmount` in all; by the moment unless given. */
    readonly billing?: {
      readonly unitMs: number;
      readonly minimumMs: number;
      readonly minimumAmount?: number;
    };
  } | null;
  /** `18.4` as the server says it. */
  readonly postgresVersion: string;
  /** Settings that were asked for and what SHOW said while the plan ran. */
  readonly settings: readonly {
    readonly name: string;
    readonly asked: string | null;
    readonly shown: string;
  }[];
  /** Roles of the snapshot that the rehearsal connected as. Absent in older runs. */
  readonly roles?: readonly {
    readonly name: string;
    readonly superuser: boolean;
    /** The plan's, which was made the owner of the database: a dump does not say whose that is. */
    readonly madeOwner: boolean;
  }[];
  /** The machine on which the engine ran. */
  readonly machine: { readonly cpus: number; readonly memoryBytes: number; readonly os: string };
  /** What this environment cannot tell, as sentences. */
  readonly limits: readonly string[];
}
