/** One change of the schema, as every tool can be given it. */
export interface Migration {
  /** Of letters. */
  readonly name: string;
  readonly up: readonly string[];
  readonly down?: readonly string[];
  /** By the tool's own marker: without its transaction. */
  readonly bare?: true;
}

export interface ProjectFile {
  /** From the project's folder. */
  readonly path: string;
  readonly text: string;
}

/** A migration tool that can be tried. */
export interface Tool {
  /** As the first column of docs/tools.md has it. */
  readonly name: string;
  /** The version that it is tried with. */
  readonly version: string;
  /** Gets it where it is missing. @returns the folder it is in @throws where it cannot be had here */
  readonly install: () => Promise<string>;
  /** Applies all migrations; run in the project's folder with DATABASE_URL and PG*. */
  readonly command: (installed: string) => string;
  /** The files of a migration at its place from 1, the one that goes up first; undefined where the tool cannot be told so. */
  readonly write: (migration: Migration, place: number) => readonly ProjectFile[] | undefined;
  /** What else the project has. */
  readonly beside?: (migrations: readonly Migration[], installed: string) => readonly ProjectFile[];
  /** Its packages are to be found from the project's folder. */
  readonly nodeModules?: true;
  /** Cells that it runs and `check` refuses, with what to write instead; docs/tools.md says so. */
  readonly refused?: readonly string[];
  /** The program itself, from the folder that it is installed in, where `command` has a script of Node's start it. */
  readonly binary?: string;
  /** What to put before its command so that its own tables are called like those of no other tool. */
  readonly ownTables?: string;
  /** Its migrations are programs: no file of theirs can stand under `sql:`. */
  readonly isCode?: true;
}

/** Statements as the text of a file. */
export function sqlText(statements: readonly string[]): string {
  return statements.map((statement) => `${statement};\n`).join('');
}

/** Such as 20261101000007 for 7. */
export function timestamp(place: number): string {
  return String(20_261_101_000_000 + place);
}
