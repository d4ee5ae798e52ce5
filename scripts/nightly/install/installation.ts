/** What starts the night, on this machine or another. */
export interface Starter {
  /** Absolute; the folder that holds `rehearsals/`. */
  readonly dir: string;
  /** The user's home, for what lies there. */
  readonly home: string;
  /** How `rehearse` is started there, as a shell types it. */
  readonly command: string;
}

/** Files to write, absolute, and what the user has to do by hand. */
export interface Installation {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly then: readonly string[];
}

export type Install = (starter: Starter) => Installation;
