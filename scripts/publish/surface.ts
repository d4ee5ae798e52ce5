import type { Publication } from './publication.ts';

/** What a surface may use of the world around it; a test hands in its own. */
export interface Outside {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  /** Waits between two tries. */
  readonly sleep: (ms: number) => Promise<void>;
  /** One line or more for stdout: the result. */
  readonly print: (text: string) => void;
  /** One line for people. */
  readonly note: (line: string) => void;
  /** Absolute; where a file goes that the caller gave no name. */
  readonly runFolder: string;
  /** Absolute; undefined = a file of a fixed name in the run folder. */
  readonly file: string | undefined;
  /** Of the pull or merge request, where the environment does not tell it. */
  readonly request: string | undefined;
  /** Print what would be told instead of telling it. */
  readonly isDryRun: boolean;
}

/** One place where a run is told. To add one: a file beside these, and a line in surfaces.ts. */
export interface Surface {
  /** In a few words, for --help. */
  readonly what: string;
  /**
   * Tells the run there.
   * @throws RehearsalError USAGE where the environment lacks what it needs, PUBLISH_FAILED where the other side refuses
   */
  readonly publish: (publication: Publication, outside: Outside) => Promise<void>;
}
