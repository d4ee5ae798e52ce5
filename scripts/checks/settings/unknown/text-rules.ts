import type { RangeVar } from 'libpg-query';
import { walk } from '../../../pg/sql/walk.ts';
import type { UnknownSetting } from './touch.ts';

/** Off before 9.1, and in databases that were carried along since: a backslash then begins an escape. */
export const backslashes: UnknownSetting = {
  names: ['standard_conforming_strings'],
  of: ({ tree }) =>
    tree.tokens.some(({ text }) => /^'[^]*\\/.test(text)) ? ['a plain string with a backslash'] : [],
  told: (what) =>
    `A backslash in a plain string stands for itself because standard_conforming_strings is on here, which a snapshot does not say of production: ${what}. E'…' says what is meant.`,
};

/** Where tables are in several schemas, a name alone can mean another one. */
export const searchPath: UnknownSetting = {
  names: ['search_path'],
  of: ({ tree }) => {
    const named = [...walk(tree.node)].flatMap(([kind, node]) => {
      const { schemaname, relname } = node as RangeVar;
      const isTable = (kind === 'relation' || kind === 'RangeVar') && relname !== undefined;
      return isTable && schemaname === undefined ? [relname] : [];
    });
    return [...new Set(named)];
  },
  told: (what) =>
    `Which table a name without its schema means hangs on search_path, the server's own here; ALTER DATABASE … SET and ALTER ROLE … SET of production are in no dump of a database: ${what}.`,
};
