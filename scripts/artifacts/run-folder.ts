import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync, readdirSync, statSync, type Stats } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { NdjsonWriter, readNdjson } from '../shared/files/ndjson.ts';
import { ofFile, RehearsalError } from '../shared/errors.ts';
import { documentFiles, presentNames, PLAYINGS_FOLDERS, playingsFolder } from './former-names.ts';
import { damaged, readingFailed } from './damaged.ts';
import {
  isRecord,
  recordMistake,
  type DocumentName,
  type Documents,
  type StreamName,
  type Streams,
} from './registry.ts';

export type { StreamName } from './registry.ts';

/** The text of a document of the run folder. */
export function documentText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

const OWNER_ONLY = 0o700;
/** Folder of the bytes that were rehearsed. */
const PLAN = 'plan';

/** `runs/<run id>/`: everything that one run leaves behind, and the only thing that judging and rendering need. */
export class RunFolder {
  readonly path: string;
  /** The run that this folder is one playing of: what it does not say itself, the run says. */
  readonly #run: RunFolder | undefined;

  private constructor(path: string, run?: RunFolder) {
    this.path = path;
    this.#run = run;
  }

  /** Makes the folder with its parts; nobody but its owner can read what is in it. */
  static async create(path: string): Promise<RunFolder> {
    await mkdir(path, { recursive: true, mode: OWNER_ONLY });
    await chmod(path, OWNER_ONLY); // whatever the umask, and if it was there
    await mkdir(join(path, 'artifacts'), { recursive: true });
    await mkdir(join(path, 'plan'), { recursive: true });
    return new RunFolder(path);
  }

  /** Makes the folder of one playing below this one. */
  async createPlaying(index: number): Promise<RunFolder> {
    const path = this.file(this.playingsName, String(index));
    await mkdir(join(path, 'artifacts'), { recursive: true });
    return new RunFolder(path, this);
  }

  /** The folder of one playing; undefined where it was never begun. */
  playing(index: number): RunFolder | undefined {
    const folder = new RunFolder(this.file(this.playingsName, String(index)), this);
    return existsSync(folder.documentPath('playing')) ? folder : undefined;
  }

  /** @throws RUN_NOT_FOUND where there is no run record, RUN_INVALID where a pipe or a device stands in a file's place. */
  static open(path: string): RunFolder {
    const run = dirname(dirname(path));
    if (PLAYINGS_FOLDERS.includes(basename(dirname(path))) && existsSync(join(run, 'artifacts', 'run.json')))
      return new RunFolder(path, new RunFolder(run));
    if (!existsSync(join(path, 'artifacts', 'run.json'))) {
      throw new RehearsalError('RUN_NOT_FOUND', `${path} is not a run folder: it has no artifacts/run.json`, {
        hint: 'rehearse list shows the runs that are here',
      });
    }
    requireFiles(path);
    return new RunFolder(path);
  }

  /** The folder of the whole run. */
  get whole(): RunFolder {
    return this.#run ?? this;
  }

  file(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** Folder of the playings of a run that has more than one, below this one. */
  get playingsName(): string {
    return playingsFolder(this.path);
  }

  documentPath(name: DocumentName): string {
    const [present = name, ...former] = documentFiles(name).map((file) => this.file('artifacts', file));
    return former.find((path) => existsSync(path)) ?? present;
  }

  streamPath(name: StreamName): string {
    return this.file('artifacts', `${name}.ndjson`);
  }

  writer<K extends StreamName>(name: K): NdjsonWriter<Streams[K]> {
    return new NdjsonWriter<Streams[K]>(this.streamPath(name));
  }

  has(name: StreamName): boolean {
    return existsSync(this.streamPath(name));
  }

  /** All records of a stream; undefined where it was never written (missing is not the same as empty). */
  async read<K extends StreamName>(name: K): Promise<Streams[K][] | undefined> {
    if (!this.has(name)) return undefined;
    const records: Streams[K][] = [];
    for await (const chunk of this.chunks(name)) for (const record of chunk) records.push(record);
    return records;
  }

  /**
   * The records of a stream that was written, some at a time: none has to be kept that is of no use.
   * @throws RUN_INVALID naming file and line of one that is not what it should be
   */
  async *chunks<K extends StreamName>(name: K): AsyncGenerator<Streams[K][]> {
    const file = `${name}.ndjson`;
    let line = 0;
    const valid = (record: unknown): Streams[K] => {
      line += 1;
      if (isRecord(name, record)) return record;
      throw damaged(file, `line ${line}, ${recordMistake(name, record) ?? 'it is not a record'}`);
    };
    try {
      for await (const records of readNdjson(this.streamPath(name))) yield records.map(valid);
    } catch (error) {
      throw readingFailed(file, error);
    }
  }

  /** Replaces a document in one step, so that a reader never sees half of it. */
  async writeDocument<K extends DocumentName>(name: K, document: Documents[K]): Promise<void> {
    await this.writeFile(join('artifacts', `${name}.json`), documentText(document));
  }

  /** @throws RUN_INVALID naming the file where it is not what it should be */
  async readDocument<K extends DocumentName>(name: K): Promise<Documents[K] | undefined> {
    const path = this.documentPath(name);
    if (!existsSync(path)) return this.#run?.readDocument(name);
    const file = basename(path);
    const found = await readFile(path, 'utf8').then((text) => presentNames(parsed(file, text)));
    if (isRecord(name, found)) return found;
    throw damaged(file, recordMistake(name, found) ?? 'it is not what it should be');
  }

  /** Writes any file of the folder in one step. */
  async writeFile(name: string, text: string): Promise<void> {
    const path = this.file(name);
    await rm(`${path}.part`, { force: true }); // whatever it was: what was left half, a pipe, a link
    await writeFile(`${path}.part`, text, { flag: 'wx' }).catch((error: unknown) => {
      throw ofFile(error, path);
    });
    await rename(`${path}.part`, path);
  }
}

/** Reading from a pipe or a device would wait for ever. What has an extension is a file, but for folders of the author's. */
function requireFiles(folder: string, isPlan = false): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const found = foundAt(path);
    if (found === undefined || found.isFile()) continue;
    if (found.isDirectory() && (isPlan || extname(name) === '')) requireFiles(path, isPlan || name === PLAN);
    else
      throw new RehearsalError('RUN_INVALID', `${path} is not a file`, {
        hint: 'the run folder was changed after the run: rehearse again',
      });
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw readingFailed(file, error);
  }
}

/** Undefined where nothing can be read: a link to nowhere or in a circle, a folder that we may not enter. */
function foundAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
