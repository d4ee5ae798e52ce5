/** The backend of the plan's statements. */
export const PLAN_PID = 42;

/** How large a run is: what of it there is, over all of its time. */
export interface Size {
  readonly minutes: number;
  readonly requests: number;
  /** Requests that a statement of the plan delays. */
  readonly victims: number;
  /** Sessions of the app, all of which stand in one queue behind each statement. */
  readonly sessions: number;
  /** Of one session of the app for the row of another, as the server told of them. */
  readonly waits: number;
  /** Of those, how many a look from outside saw as well. */
  readonly polled: number;
  readonly steps: number;
  readonly statements: number;
  /** Partitions that every statement locks. */
  readonly relations: number;
  readonly scripts: number;
  /** All statements of a step are one transaction; each locks a relation of its own, which it keeps until the end. */
  readonly isOneTransaction?: boolean;
  /** Each step is a command: what its session sent is on record, and its locks are seen from outside. */
  readonly isCommand?: boolean;
  /** Each statement has a table of its own, which it drops with its rows, or which a command rewrites. */
  readonly isDropping?: boolean;
  /** Whoever waits gives up after so many seconds: its request fails, and the session stands in the queue again. */
  readonly patienceSeconds?: number;
}

const ORDINARY: Size = {
  minutes: 1,
  requests: 10_000,
  victims: 500,
  sessions: 20,
  waits: 500,
  polled: 100,
  steps: 5,
  statements: 20,
  relations: 2,
  scripts: 5,
};

/** Each from small to large, three times as much each time: sizes of which the largest still takes seconds. */
export const DIMENSIONS: Readonly<Record<string, readonly Size[]>> = {
  requests: thrice(110_000, (requests) => ({ requests })),
  victims: thrice(5500, (victims) => ({ victims, requests: 60_000, statements: 300 })),
  waits: thrice(110_000, (waits) => ({ waits, polled: waits / 10 })),
  sessions: thrice(45, (sessions) => ({ sessions, requests: 40_000, victims: 20_000 })),
  statements: thrice(220, (statements) => ({ statements, victims: 10_000, requests: 40_000 })),
  'statements in one transaction': thrice(220, (statements) => ({
    statements,
    steps: 1,
    victims: 5000,
    requests: 40_000,
    isOneTransaction: true,
  })),
  'statements of a command': thrice(220, (statements) => ({
    statements,
    victims: 5000,
    requests: 40_000,
    isCommand: true,
    isDropping: true,
  })),
  'dropped tables': thrice(220, (statements) => ({
    statements,
    victims: 5000,
    requests: 40_000,
    isDropping: true,
  })),
  'failed victims': thrice(2200, (victims) => ({
    victims,
    requests: victims * 3,
    statements: 300,
    patienceSeconds: 1,
  })),
  steps: thrice(35, (steps) => ({ steps, statements: steps, scripts: 10 })),
  'scripts × states': thrice(20, (scripts) => ({ scripts, steps: 40, statements: 40 })),
  relations: thrice(1100, (relations) => ({ relations, statements: 10, victims: 5000 })),
  minutes: thrice(4, (minutes) => ({
    minutes,
    requests: minutes * 9000,
    waits: minutes * 6000,
    polled: minutes * 600,
    victims: minutes * 300,
    steps: minutes,
    statements: minutes * 2,
  })),
  'blocked minutes': thrice(1.1, blockedFor),
  'impatient minutes': thrice(1.1, (minutes) => ({ ...blockedFor(minutes), patienceSeconds: 1 })),
};

/** Tables of the database that a step changes a few of. */
export const TABLES = [3700, 11_100, 33_300] as const;

/** What a run may come to, in all. */
export const LARGEST: Size = {
  minutes: 60,
  requests: 1_000_000,
  victims: 50_000,
  sessions: 400,
  waits: 1_000_000,
  polled: 50_000,
  steps: 10,
  statements: 10,
  relations: 10_000,
  scripts: 10,
};

function thrice(smallest: number, size: (amount: number) => Partial<Size>): Size[] {
  return [1, 3, 9].map((times) => ({ ...ORDINARY, ...size(smallest * times) }));
}

/** Four hundred sessions stand behind a statement for nearly all of that time. */
function blockedFor(minutes: number): Partial<Size> {
  return {
    minutes,
    sessions: 400,
    requests: Math.round(minutes * 9000),
    victims: Math.round(minutes * 8000),
    steps: 1,
    statements: 1,
  };
}
