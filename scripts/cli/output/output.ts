import type pc from 'picocolors';
import { redact } from '../../shared/text/redact.ts';
import { asTyped } from './as-typed.ts';
import type { Io } from './io.ts';

/** Flags that every verb knows. */
export interface GlobalFlags {
  readonly verbose: boolean;
  readonly quiet: boolean;
  /** `false` after --no-color. */
  readonly color: boolean;
}

export type Colors = ReturnType<typeof pc.createColors>;

/** The flags as they stand anywhere on the command line: errors of the parser need them before it is done. */
export function globalFlags(argv: readonly string[]): GlobalFlags {
  const end = argv.indexOf('--');
  const flags = end === -1 ? argv : argv.slice(0, end);
  return {
    verbose: flags.includes('--verbose'),
    quiet: flags.includes('--quiet'),
    color: !flags.includes('--no-color'),
  };
}

/** --no-color, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal (https://no-color.org). */
export function wantsColor(env: Io['env'], flags: GlobalFlags, isTTY: boolean): boolean {
  if (!flags.color || (env['NO_COLOR'] ?? '') !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTTY;
}

/** Everything that the command prints: the result on stdout, all else on stderr, and no secret on either. */
export class Output {
  readonly colorOut: boolean;
  readonly colorErr: boolean;
  readonly quiet: boolean;
  readonly #io: Io;
  #above: ((line: string) => void) | undefined;

  constructor(io: Io, flags: GlobalFlags) {
    this.#io = io;
    this.quiet = flags.quiet;
    this.colorOut = wantsColor(io.env, flags, io.stdoutIsTTY ?? false);
    this.colorErr = wantsColor(io.env, flags, io.isTTY);
  }

  /** A part of the result: text for stdout. */
  result(text: string): void {
    this.#io.stdout.write(`${this.#clean(text)}\n`);
  }

  /** The result as one JSON document on stdout. */
  document(value: unknown): void {
    // Strings are cleaned one by one: a replacement across JSON's own quotes would break the document.
    const clean = (_key: string, part: unknown) => (typeof part === 'string' ? redact(part) : part);
    this.#io.stdout.write(`${JSON.stringify(value, clean, 2)}\n`);
  }

  /** A line for people on stderr; --quiet leaves it out. */
  note(line: string): void {
    if (!this.quiet) this.problem(line);
  }

  /** A line on stderr that even --quiet shows. */
  problem(line: string): void {
    const clean = this.#clean(line);
    if (this.#above) this.#above(clean);
    else this.#io.stderr.write(`${clean}\n`);
  }

  #clean(text: string): string {
    return asTyped(redact(text), this.#io.program);
  }

  /** While a block is redrawn in place, lines have to go above it. Returns what ends that. */
  printAboveWith(above: (line: string) => void): () => void {
    this.#above = above;
    return () => {
      if (this.#above === above) this.#above = undefined;
    };
  }
}
