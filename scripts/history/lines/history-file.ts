import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { plural } from '../../shared/text/format.ts';
import { readPlainFile } from '../../shared/files/plain-file.ts';
import { historyLineSchema, type HistoryLine, type NoteLine, type RunLine } from './history-line.ts';

export const HISTORY_FILE = 'history.ndjson';
const VERSION = 1;
const OWNER_ONLY = 0o600;
const MOST_NAMED = 5;

/** Everything that is known of earlier runs. */
export interface History {
  /** Oldest first; each run once. */
  readonly runs: readonly RunLine[];
  readonly notes: readonly NoteLine[];
  /** Ids of the runs whose folders stay. */
  readonly pinned: ReadonlySet<string>;
  /** What could not be read, as sentences. */
  readonly problems: readonly string[];
}

export function historyPath(outDir: string): string {
  return join(outDir, HISTORY_FILE);
}

/** A missing file is an empty history. */
export async function readHistory(outDir: string): Promise<History> {
  const path = historyPath(outDir);
  const bytes = await readPlainFile(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  return parseHistory(bytes.toString('utf8'), HISTORY_FILE);
}

/** @param name of the file, for what could not be read */
export function parseHistory(text: string, name: string): History {
  const { lines, problems } = parseLines(text, name);
  const runs = new Map<string, RunLine>();
  const notes = new Map<string, NoteLine>();
  const pinned = new Set<string>();
  for (const line of lines) {
    if (line.kind === 'note') notes.set(JSON.stringify(line), line);
    else if (line.kind === 'pin') pinned[line.pinned ? 'add' : 'delete'](line.runId);
    else if (!runs.has(line.runId)) runs.set(line.runId, line);
  }
  const inOrder = [...runs.values()].sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  return { runs: inOrder, notes: [...notes.values()], pinned, problems };
}

/** The lines as they stand there, and what could not be read. */
export function parseLines(text: string, name: string): { lines: HistoryLine[]; problems: string[] } {
  const lines: HistoryLine[] = [];
  const broken: number[] = [];
  const newer = { read: 0, unread: 0 };
  for (const [position, written] of text.split('\n').entries()) {
    if (written.trim() === '') continue;
    const document = parsed(written);
    const isNewer = Number(document?.['schemaVersion']) > VERSION;
    const line = historyLineSchema.safeParse(isNewer ? { ...document, schemaVersion: VERSION } : document);
    if (line.success) lines.push(line.data);
    else if (!isNewer) broken.push(position + 1);
    if (isNewer) newer[line.success ? 'read' : 'unread'] += 1;
  }
  return { lines, problems: [...brokenProblem(broken, name), ...newerProblem(newer, name)] };
}

/**
 * Adds lines in one write; what stands there is never changed, and a half line that a crash left is closed first. Those of the same
 * moment by other processes come before or after, not between: O_APPEND (open(2)).
 */
export async function appendHistory(outDir: string, lines: readonly HistoryLine[]): Promise<void> {
  if (lines.length === 0) return;
  const file = await open(historyPath(outDir), 'a+', OWNER_ONLY);
  try {
    const { size } = await file.stat();
    const last = size === 0 ? '\n' : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString();
    const text = lines.map((line) => `${JSON.stringify(historyLineSchema.parse(line))}\n`).join('');
    await file.appendFile(last === '\n' ? text : `\n${text}`);
  } finally {
    await file.close();
  }
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(line);
    return typeof document === 'object' && document !== null ? { ...document } : undefined;
  } catch {
    return undefined;
  }
}

function brokenProblem(at: readonly number[], name: string): string[] {
  if (at.length === 0) return [];
  const more = at.length > MOST_NAMED ? ` and ${at.length - MOST_NAMED} more` : '';
  const which = `${at.length === 1 ? 'line' : 'lines'} ${at.slice(0, MOST_NAMED).join(', ')}${more}`;
  return [`${name}: ${which} cannot be read, cut off or damaged: left out`];
}

function newerProblem({ read, unread }: { read: number; unread: number }, name: string): string[] {
  if (read + unread === 0) return [];
  const rest = unread === 0 ? '' : `; ${unread} of them could not be read`;
  return [
    `${name}: ${plural(read + unread, 'line')} written by a newer version: what is known here was read${rest}`,
  ];
}
