import { namedIn, type Remedy } from './remedy.ts';
import { quoted } from '../../../pg/sql/statement-tree.ts';

/** What cannot go because something hangs on it, and what the server's host would have to have. */

export const roleInUse: Remedy = {
  sqlstates: ['2BP01'],
  cause: 'DROP ROLE of a role that owns something or was granted something',
  instead:
    'REASSIGN OWNED BY … TO … gives away what it owns, DROP OWNED BY takes its grants back, in each database of the server; then DROP ROLE.',
  of({ message }) {
    const role = /^role "([^"…]+)" cannot be dropped/.exec(message)?.[1];
    if (!/^role .*cannot be dropped/.test(message)) return undefined;
    const name = role === undefined ? '…' : quoted(role);
    return {
      advice: this.instead,
      insteadSql:
        role === undefined
          ? null
          : `reassign owned by ${name} to current_user; drop owned by ${name}; -- in each database\ndrop role ${name};`,
    };
  },
};

export const dependents: Remedy = {
  sqlstates: ['2BP01'],
  cause: 'views, keys, functions or defaults hang on what is dropped',
  instead:
    'Drop what hangs on it first, by name, in the same transaction, and make anew what is still wanted; CASCADE takes along all that hangs on it, unsaid.',
  of({ message }) {
    const what = namedIn(message, 'column') ?? namedIn(message, 'table') ?? namedIn(message, 'type');
    const advice =
      what === undefined ? this.instead : this.instead.replace('hangs on it first', `hangs on ${what} first`);
    return { advice, insteadSql: null };
  },
  isGeneral: true,
};

export const serverFolder: Remedy = {
  sqlstates: ['58P01', '42501', '22023', '42P17'],
  cause: 'CREATE TABLESPACE names a folder that is not on the server’s host',
  instead:
    'A tablespace’s folder is made on each host by hand, empty and owned by PostgreSQL’s user, before the plan: the rehearsed server has none of production’s. Keep CREATE TABLESPACE out of the plan, or for the rehearsal SET allow_in_place_tablespaces = on and LOCATION ’’ (PostgreSQL 15 and later).',
  of({ sql, who }) {
    return who === 'plan' && /\bcreate\s+tablespace\b/i.test(sql)
      ? { advice: this.instead.replace('’’', "''"), insteadSql: null }
      : undefined;
  },
};
