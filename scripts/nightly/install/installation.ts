/** What starts the night, on this machine or another. */
export interface Starter {
  /** Absolute: where the repository begins, which may be above `dir`. */
  readonly repository: string;
  /** Absolute; the folder that the night is started in. */
  readonly dir: string;
  /** The user's home, for what lies there. */
  readonly home: string;
  /** How `rehearse` is started there, as a shell types it. */
  readonly command: string;
  /** How a fresh checkout gets its packages, as a shell types it. */
  readonly install: string;
  /** Where run folders go, from `dir`. */
  readonly runs: string;
  /** Absolute folder of the Node.js that runs now; neither systemd nor cron know the PATH of a shell. */
  readonly nodeFolder: string;
}

/** Files to write, absolute, and what the user has to do by hand. */
export interface Installation {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly then: readonly string[];
}

export type Install = (starter: Starter) => Installation;
