import { keepsPrivateWords, PRIVATE_WORDS } from '../../shared/text/private-words.ts';
import { DATA } from './catalogue/data.ts';
import { HINTS } from './catalogue/hints.ts';
import { INTEGRITY } from './catalogue/integrity.ts';
import { NAMES } from './catalogue/names.ts';
import { NOTICES } from './catalogue/notices.ts';
import { OPTIONS } from './catalogue/options.ts';
import { SESSIONS } from './catalogue/sessions.ts';
import { SYNTAX } from './catalogue/syntax.ts';
import { registerNames, isPublicName } from './public-names.ts';
import { conditionName } from './sqlstates.ts';
import { templatesOf, toldBy, type Template } from './template.ts';

/** The fields of an ErrorResponse or NoticeResponse that matter here (PostgreSQL, "Error and Notice Message Fields"). */
export interface ServerMessage {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly position?: string | undefined;
  readonly internalQuery?: string | undefined;
  readonly where?: string | undefined;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly dataType?: string | undefined;
  readonly constraint?: string | undefined;
  /** Where in the server's source it was raised. */
  readonly file?: string | undefined;
  readonly routine?: string | undefined;
}

/** What is said of words that are kept out. */
function keptOut(): string {
  const place = keepsPrivateWords() ? `they are in ${PRIVATE_WORDS}` : 'they are not shown';
  return `in words that may quote rows (${place})`;
}

/** Where code of a database raises what it likes: PL/pgSQL's RAISE and ASSERT, PL/Python, PL/Perl, PL/Tcl, PL/v8. */
const RAISED = /^(exec_stmt_raise|exec_stmt_assert|ply_|plperl_|pltcl_|throw_tcl_error|plv8)/i;
/** Where the server itself sets schema, table, column, type and constraint of a message: names out of its catalog. */
const NAMES_OWN_OBJECTS =
  /(?:^|\/)(nbtinsert|nbtsort|tuplesort|tuplesortvariants|execMain|execIndexing|execExprInterp|execPartition|ri_triggers|tablecmds|typecmds|domains|partbounds|nodeModifyTable)\.c$/;

const DATA_TEMPLATES = templatesOf([DATA, OPTIONS].map((text) => text.trim()).join('\n'));
const OTHER_TEMPLATES = templatesOf(
  [INTEGRITY, NAMES, NOTICES, SYNTAX, SESSIONS].map((text) => text.trim()).join('\n'),
);
const HINT_TEMPLATES = templatesOf(HINTS);

/**
 * A message of the server without any value of a row: rebuilt from PostgreSQL's own templates with nothing but public names in
 * their places. What no template fits, and whatever code of the database raised, is told by its condition and by the objects
 * that the server names apart.
 */
export function publicMessage(said: ServerMessage): string {
  const { code = null, message = '', routine = '' } = said;
  learnOwnObjects(said);
  if (RAISED.test(routine) || code?.startsWith('P0001') === true) {
    return `${conditionOf(code)}, raised by code ${keptOut()}`;
  }
  return toldMessage(code, message) ?? `${conditionOf(code)}${objectsOf(said)}, ${keptOut()}`;
}

/** PostgreSQL's own advice; undefined for any other. */
export function publicHint({ hint, routine = '' }: ServerMessage): string | undefined {
  if (hint === undefined || RAISED.test(routine)) return undefined;
  return toldBy(HINT_TEMPLATES, hint);
}

/** The server's words in the output of a program (`ERROR:  …` of pg_restore), where nothing but the text is known. */
export function publicWords(message: string): string {
  const told = toldMessage(null, message);
  return told ?? `an error ${keptOut()}`;
}

/** Fields that are names: set by the server, or by code to whatever it likes. */
export const NAME_FIELDS = ['schema', 'table', 'column', 'dataType', 'constraint'] as const;

/** Is there anything in it that the public message leaves out? */
export function keepsBack(said: ServerMessage): boolean {
  const rest = [said.detail, said.where, said.internalQuery].some((text) => text !== undefined);
  return rest || publicMessage(said) !== said.message || publicHint(said) !== said.hint;
}

function toldMessage(sqlstate: string | null, message: string): string | undefined {
  const groups: readonly (readonly Template[])[] =
    sqlstate?.startsWith('22') === true ? [DATA_TEMPLATES] : [OTHER_TEMPLATES, DATA_TEMPLATES];
  for (const templates of groups) {
    const told = toldBy(templates, message);
    if (told !== undefined) return told;
  }
  return undefined;
}

function conditionOf(sqlstate: string | null): string {
  return conditionName(sqlstate) ?? (sqlstate === null ? 'an error' : `SQLSTATE ${sqlstate}`);
}

/** Inside of code a statement may be made of values, and so may the objects that it is about to make. */
function learnOwnObjects({ file = '', where = 'COPY ', internalQuery, ...objects }: ServerMessage): void {
  if (!NAMES_OWN_OBJECTS.test(file) || !where.startsWith('COPY ') || internalQuery !== undefined) return;
  const { schema, table, column, dataType, constraint } = objects;
  const own = [schema, table, column, dataType, constraint].filter((name) => name !== undefined);
  registerNames(own.filter((name) => name !== ''));
}

function objectsOf({ schema, table, column, dataType, constraint }: ServerMessage): string {
  const relation = [schema, table].filter((name) => name !== undefined).join('.');
  const objects: [string, string | undefined][] = [
    ['table', table === undefined ? undefined : relation],
    ['column', column],
    ['type', dataType],
    ['constraint', constraint],
  ];
  const told = objects.filter(([, name]) => name !== undefined && isPublicName(name));
  return told.map(([kind, name]) => ` of ${kind} ${name ?? ''}`).join('');
}
