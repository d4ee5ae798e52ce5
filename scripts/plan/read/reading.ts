import { readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { splitSql, type SqlStatement } from '../../pg/sql/split.ts';
import { asError, type Mistake } from '../../shared/errors.ts';
import { NotAFileError, readPlainFile } from '../../shared/files/plain-file.ts';
import { redact } from '../../shared/text/redact.ts';
import { besideOf, toolRuleOf, type ToolRule } from '../transactions/migration-tools.ts';
import { downPart, upPart } from '../transactions/parts.ts';
import type { SqlFile } from '../model.ts';
import { isInRustProject } from '../transactions/rust-project.ts';
import { keyText, type KeyPath, type YamlSource } from '../yaml/yaml-source.ts';

/** Of a folder that stands where files should. */
const SHOWN_FILES = 12;

export interface ParsedSqlFile extends SqlFile {
  /** Undefined where the file has a syntax error. */
  readonly statements: readonly SqlStatement[] | undefined;
  /** How its migration tool would run it. */
  readonly rule?: ToolRule;
}

/** What one reading of a rehearsal gathers on its way: mistakes, and the files that take part. */
export class Reading {
  readonly mistakes: Mistake[] = [];
  /** Relative to `dir`. */
  readonly files = new Set<string>();
  /** Those that lie outside `dir`, and where they lead. */
  readonly outside = new Set<string>();
  /** Absolute folder of rehearsal.yaml. */
  readonly dir: string;
  readonly source: YamlSource;
  readonly #cwd: string;
  readonly #yamlFile: string;
  readonly #sql = new Map<string, Promise<ParsedSqlFile | undefined>>();

  constructor(source: YamlSource, paths: { yamlFile: string; dir: string; cwd: string }) {
    this.source = source;
    this.dir = paths.dir;
    this.#cwd = paths.cwd;
    this.#yamlFile = paths.yamlFile;
    this.files.add(this.fromDir(paths.yamlFile));
  }

  /** A mistake in rehearsal.yaml; `{value}` stands for what the author wrote at `path`. */
  mistake(path: KeyPath, message: string): void {
    if (this.source.isUnresolved(path)) return; // what is missing is a mistake already
    const text = message.replaceAll('{value}', () => this.source.shown(path));
    const file = labelOf(this.#yamlFile, this.#cwd);
    this.mistakes.push({ file, line: this.source.line(path), key: keyText(path), message: text });
  }

  /** A mistake in another file that takes part; `file` is relative to the rehearsal's folder. */
  mistakeIn(file: string, line: number | undefined, message: string): void {
    this.mistakes.push({ file: this.label(file), line, key: '', message });
  }

  /** A file that takes part as messages call it. */
  label(file: string): string {
    return redact(labelOf(this.absolute(file), this.#cwd)); // its name may come from the environment
  }

  absolute(file: string): string {
    return resolve(this.dir, file);
  }

  /** With forward slashes, so that a run folder reads the same everywhere. */
  fromDir(file: string): string {
    return relative(this.dir, this.absolute(file)).split(sep).join('/');
  }

  /**
   * An SQL file that the value at `path` names, read once; undefined where it cannot be read.
   * @param words whether a mistake may repeat words of the file; not where they may be rows
   * @param part of a file that holds both directions
   */
  async sqlFile(
    path: KeyPath,
    file: string,
    words: 'public' | 'private' = 'public',
    part: 'up' | 'down' = 'up',
  ): Promise<ParsedSqlFile | undefined> {
    if (!(await this.requireFile(path, file))) {
      // Of a folder that stands in their place, mistakes in its files are told in the same go.
      for (const inside of await this.#sqlIn(path, file)) await this.sqlFile(path, inside, words, part);
      return undefined;
    }
    const name = this.fromDir(file);
    const key = `${part} ${name}`;
    const known = this.#sql.get(key) ?? this.#readSql(name, words, part);
    this.#sql.set(key, known);
    return await known;
  }

  /** Notes a mistake and returns false where there is no such file. */
  async requireFile(path: KeyPath, file: string): Promise<boolean> {
    const found = await stat(this.absolute(file)).catch(() => undefined);
    if (found?.isFile()) return true;
    this.mistake(
      path,
      found ? `{value} is not a file${await this.#filesIn(path, file)}` : 'there is no file {value}',
    );
    return false;
  }

  /** What may have been meant by a folder: its SQL files, as they would be written; nothing where it has none. */
  async #filesIn(path: KeyPath, folder: string): Promise<string> {
    const files = await this.#sqlIn(path, folder);
    if (files.length === 0) return '';
    const shown = files.slice(0, SHOWN_FILES);
    const more = files.length > SHOWN_FILES ? `, and ${files.length - SHOWN_FILES} more` : '';
    return `, but a folder; name the files in it that are meant: ${shown.join(', ')}${more}`;
  }

  /** Files of a folder that are called SQL, from the rehearsal's folder; none where the value comes from a secret. */
  async #sqlIn(path: KeyPath, folder: string): Promise<string[]> {
    if (this.source.isSecret(path)) return [];
    const entries = await readdir(this.absolute(folder), { withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => !entry.isDirectory() && entry.name.endsWith('.sql'));
    return files.map(({ name }) => this.fromDir(`${folder}/${name}`)).sort();
  }

  /** The text of a file that takes part; undefined (and a mistake) where it cannot be read or is not UTF-8. */
  async text(file: string): Promise<string | undefined> {
    const name = this.fromDir(file);
    try {
      const bytes = await readPlainFile(this.absolute(file));
      this.files.add(name);
      await this.tellOutside(this.absolute(file));
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (error) {
      this.mistakeIn(name, undefined, whyUnreadable(asError(error)));
      return undefined;
    }
  }

  /** Notes a path whose file lies outside the folder, be it by its name or by a link on the way. */
  async tellOutside(path: string): Promise<void> {
    const [real, home] = await Promise.all([realpath(path).catch(() => path), realpath(this.dir)]);
    if (!relative(home, real).startsWith('..') && !isAbsolute(relative(home, real))) return;
    const name = redact(this.fromDir(path));
    const target = redact(real);
    this.outside.add(name === target ? name : `${name} (${target})`);
  }

  async #readSql(
    file: string,
    words: 'public' | 'private',
    part: 'up' | 'down',
  ): Promise<ParsedSqlFile | undefined> {
    const whole = await this.text(file);
    if (whole === undefined) return undefined;
    const isRust = await isInRustProject(this.absolute(file));
    const beside = besideOf(file, isRust);
    const isThere = beside !== undefined && (await stat(this.absolute(beside)).catch(() => undefined));
    const rule = toolRuleOf(file, whole, { isRust, beside: isThere ? await this.text(beside) : undefined });
    const text = rule ? (part === 'up' ? upPart : downPart)(whole, rule) : whole;
    const ruled = rule ? { rule } : {};
    const split = await splitSql(text);
    if (split.ok) {
      for (const { line } of split.statements.filter(({ lacksParameters }) => lacksParameters))
        this.mistakeIn(file, line, NO_PARAMETERS);
      const copies = rule?.copiesRows
        ? []
        : split.statements.filter(({ copyRows }) => copyRows !== undefined);
      if (rule)
        for (const { line } of copies)
          this.mistakeIn(
            file,
            line,
            `${rule.tool} does not send the rows behind COPY … FROM STDIN: write INSERT`,
          );
      return { file, text, statements: split.statements, ...ruled };
    }
    const { line, column, message } = split.error;
    const told = words === 'public' ? message : withoutQuotes(message);
    this.mistakeIn(file, line, `${told} (column ${column})`);
    return { file, text, statements: undefined, ...ruled };
  }
}

const NO_PARAMETERS =
  'has a parameter ($1), and nobody gives its value: write the value itself, or PREPARE and EXECUTE';

/** A parser's message without what it repeats of the text. */
function withoutQuotes(message: string): string {
  return message.replace(/ at or near "[\s\S]*$/, '').replace(/"[^"]*"/g, '"…"');
}

function whyUnreadable(error: NodeJS.ErrnoException): string {
  if (error instanceof NotAFileError) return 'is not a file';
  if (error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not UTF-8 text';
  return `cannot be read (${error.code ?? 'unknown error'})`;
}

/** As the caller would write it: relative to their folder, absolute where it lies on another drive. */
export function labelOf(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return isAbsolute(path) ? path : path.split(sep).join('/');
}
