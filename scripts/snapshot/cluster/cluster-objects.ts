import type { StatementPiece } from '../../pg/scanner/sql-piece.ts';
import { registerNames } from '../../pg/messages/public-names.ts';

const NAME = '("(?:[^"]|"")+"|[^\\s";]+)';
const ROLE = new RegExp(`^(?:create|alter|drop)\\s+(?:role|user|group)\\s+(?:if\\s+exists\\s+)?${NAME}`, 'i');
const TABLESPACE = new RegExp(`^create\\s+tablespace\\s+${NAME}`, 'i');
/** A quoted name or text is passed over, so that nothing inside of one counts. */
const PASSWORD =
  /"(?:[^"]|"")*"|\s+(?:encrypted\s+)?password\s+(?:e?'(?:[^'\\]|''|\\.)*'|null(?=[\s;]))|'(?:[^']|'')*'/gi;
const GRANTED_BY = new RegExp(`\\s+granted\\s+by\\s+${NAME}(?=\\s*;?\\s*$)`, 'i');
const BECOMES_SUPERUSER = /^[^']*\ssuperuser[\s;]/i;
/** Every new session would load them, and fails where they are missing. */
const LOADS_LIBRARIES = /\s(?:session|local)_preload_libraries\s/i;

/** What belongs to a cluster and not to a database of it, as pg_dumpall writes it: roles, memberships, tablespaces. */
export class ClusterObjects {
  readonly #superuser: string;
  readonly #superusers = new Set<string>();
  readonly #tablespaces = new Set<string>();
  readonly #loading: string[] = [];
  #passwords = 0;
  #ownRole = 0;

  /** @param superuser of the rehearsal's server: what a dump says of a role of that name is not for it */
  constructor(superuser: string) {
    this.#superuser = superuser;
  }

  /** The statement as it is to run here; undefined of one that is left out. */
  mapped(statement: StatementPiece): StatementPiece | undefined {
    const [first = '', second = ''] = statement.words;
    if (/^(?:create|alter|drop)$/.test(first) && /^(?:role|user|group)$/.test(second))
      return statement.words[2] === 'mapping' ? statement : this.#role(statement);
    if (this.#isOfTablespace(statement)) {
      const name = TABLESPACE.exec(textOf(statement))?.[1];
      if (name !== undefined) this.#tablespaces.add(unquoted(name));
      return undefined;
    }
    if (second === 'database' && first === 'alter') return this.#withoutLoading(statement);
    const isMembership = /^(?:grant|revoke)$/.test(first) && !statement.words.includes('on');
    // Who granted it in production may not grant here.
    return isMembership ? replaced(statement, (text) => text.replace(GRANTED_BY, '')) : statement;
  }

  get notes(): string[] {
    const { size } = this.#superusers;
    return [
      ...(this.#passwords > 0 ? ['Passwords of roles were left out.'] : []),
      ...(this.#ownRole > 0
        ? [`What the dump says of the role ${this.#superuser}, as whom the rehearsal works, was left out.`]
        : []),
      ...(size > 0 ? [`Roles that are superusers here, as in production: ${list(this.#superusers)}.`] : []),
      ...(this.#tablespaces.size > 0
        ? [
            `Tablespaces were not made, what lies in them lies in the default one: ${list(this.#tablespaces)}.`,
          ]
        : []),
      ...(this.#loading.length > 0
        ? [`Settings that load a library into every session were left out: ${this.#loading.join(', ')}.`]
        : []),
    ];
  }

  #role(statement: StatementPiece): StatementPiece | undefined {
    const name = unquoted(ROLE.exec(textOf(statement))?.[1] ?? '');
    if (name === this.#superuser) {
      if (statement.words[0] !== 'create') this.#ownRole += 1;
      return undefined;
    }
    const safe = withoutPassword(statement);
    if (safe !== statement) this.#passwords += 1;
    if (BECOMES_SUPERUSER.test(textOf(safe))) {
      registerNames([name]);
      this.#superusers.add(name);
    }
    return this.#withoutLoading(safe);
  }

  #withoutLoading(statement: StatementPiece): StatementPiece | undefined {
    if (!LOADS_LIBRARIES.test(textOf(statement))) return statement;
    const [first = '', second = ''] = statement.words;
    this.#loading.push(`${first.toUpperCase()} ${second.toUpperCase()} (line ${statement.line})`);
    return undefined;
  }

  #isOfTablespace({ words: [first = '', second = '', ...more] }: StatementPiece): boolean {
    if (/^(?:create|alter|drop)$/.test(first)) return second === 'tablespace';
    if (first === 'comment') return more[0] === 'tablespace';
    const on = more.indexOf('on');
    return /^(?:grant|revoke)$/.test(first) && on >= 0 && more[on + 1] === 'tablespace';
  }
}

/** The statement without the password of the role that it makes or alters; the same object where it has none. */
export function withoutPassword(statement: StatementPiece): StatementPiece {
  const [first = '', second = ''] = statement.words;
  if (!/^(?:create|alter)$/.test(first) || !/^(?:role|user|group)$/.test(second)) return statement;
  if (statement.words[2] === 'mapping') return statement;
  return replaced(statement, (text) => text.replace(PASSWORD, (found) => (/^["']/.test(found) ? found : '')));
}

function replaced(statement: StatementPiece, by: (text: string) => string): StatementPiece {
  const text = textOf(statement);
  const changed = by(text);
  return changed === text ? statement : { ...statement, bytes: Buffer.from(changed, 'latin1') };
}

/** Each byte a character, so that whatever the encoding nothing is lost. */
function textOf({ bytes }: StatementPiece): string {
  return bytes.toString('latin1');
}

function unquoted(name: string): string {
  const text = Buffer.from(name, 'latin1').toString();
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();
}

function list(names: ReadonlySet<string>): string {
  return [...names].join(', ');
}
