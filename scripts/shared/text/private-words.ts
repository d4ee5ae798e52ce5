import {
  appendFileSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  writeFileSync,
  openSync,
  closeSync,
} from 'node:fs';
import { join } from 'node:path';
import { redact } from './redact.ts';

/*
 * What others said and what may quote rows: messages that code of the database raised, the output of the author's commands.
 * It lies in a file of its own that nothing reads and git never takes, so that whoever has to find a mistake can.
 */

const FOLDER = 'private';
const FILE = 'said.txt';
/** How messages call it. */
export const PRIVATE_WORDS = `${FOLDER}/${FILE} of the run folder`;
const LONGEST_BYTES = 4_000_000;
/** A failure that comes back with every request says the same each time. */
const OF_ONE_KIND = 20;

let runFolder: string | undefined;
let writtenBytes = 0;
const seen = new Map<string, number>();

/** From now on words are kept in this run's folder; undefined = nowhere. */
export function keepPrivateWordsIn(folder: string | undefined): void {
  runFolder = folder;
  writtenBytes = 0;
  seen.clear();
}

/** Is there a run whose folder takes them? */
export function keepsPrivateWords(): boolean {
  return runFolder !== undefined;
}

/**
 * Adds words that are never shown; registered secrets are not even kept here.
 * @param kind what they have in common with others: of each kind only the first few are kept
 */
export function keepPrivateWords(kind: string, words: string): void {
  const count = (seen.get(kind) ?? 0) + 1;
  seen.set(kind, count);
  if (runFolder === undefined || count > OF_ONE_KIND || writtenBytes > LONGEST_BYTES) return;
  const text = redact(`--- ${new Date().toISOString()} ${kind}\n${words.slice(0, LONGEST_BYTES)}\n`);
  writtenBytes += Buffer.byteLength(text);
  append(join(runFolder, FOLDER), text);
}

/** What is said of a program's output. */
export function wroteWords(): string {
  const place = runFolder === undefined ? 'and is not shown' : `and is in ${PRIVATE_WORDS}`;
  return `what it wrote may quote rows ${place}`;
}

/** Does this run's folder have such words? */
export function hasPrivateWords(folder: string): boolean {
  return existsSync(join(folder, FOLDER, FILE));
}

function append(folder: string, text: string): void {
  if (!existsSync(folder)) {
    mkdirSync(folder, { mode: 0o700 });
    chmodSync(folder, 0o700);
    writeFileSync(join(folder, '.gitignore'), '*\n', { mode: 0o600 });
  }
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  const file = openSync(join(folder, FILE), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  try {
    appendFileSync(file, text);
  } finally {
    closeSync(file);
  }
}
