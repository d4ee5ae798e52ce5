import { APPLICATION_PREFIX, type ConnectionRole } from '../endpoint.ts';
import { withoutConstants } from '../sql/without-constants.ts';
import { isAuthorText, isPublicName } from './public-names.ts';
import { isVocabulary } from './vocabulary.ts';

const HIDDEN = '…';
/** Whose connections are opened by other processes of ours; those of this one are registered as they open. */
const OWN_ROLES: ReadonlySet<string> = new Set<ConnectionRole>(['app', 'command', 'restore', 'setup']);
const WORD = /"(?:[^"]|"")*"?|[\p{L}_][\p{L}\p{M}\p{N}_$]*/gu;

/**
 * A statement of another session in one line, without its constants and without names that are not public: a cursor, a savepoint,
 * a prepared statement or a setting's value (`set application_name to ada`) can be called by what stands in a row.
 */
export function publicStatement(sql: string): string {
  return withoutConstants(sql).replace(WORD, (word) => (isPublicWord(word) ? word : HIDDEN));
}

/** An application_name: ours, or one that the author wrote; a session can call itself by any value. */
export function publicName(name: string): string {
  const isOurs = name.startsWith(APPLICATION_PREFIX) && OWN_ROLES.has(name.slice(APPLICATION_PREFIX.length));
  return name === '' || isOurs || isPublicName(name) || isAuthorText(name) ? name : HIDDEN;
}

function isPublicWord(word: string): boolean {
  if (word.startsWith('"')) return isPublicName(word);
  return isVocabulary(word) || isPublicName(word) || isPublicName(word.toLowerCase());
}
