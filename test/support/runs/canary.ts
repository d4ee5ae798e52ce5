import { existsSync, readdirSync, readFileSync, type Dirent } from 'node:fs';
import { join } from 'node:path';

/** Stands in every text value; as a number, a date and hexadecimal digits in the others. */
export const CANARY = 'Kanari77';
const TRACES = [CANARY.toLowerCase(), '7700770077', Buffer.from(CANARY).toString('hex'), '1977-07-07'];

/** The word in the forms that break masks: quotes, line ends, percent signs, backslashes, a name's own look. */
export const CANARY_VALUES = [
  CANARY,
  `${CANARY.toLowerCase()}_name`,
  `x" ${CANARY}"`,
  `it's ${CANARY}'s`,
  `${CANARY}\nERROR:  ${CANARY}\nDETAIL:  ${CANARY}`,
  `100%s ${CANARY} %d %%`,
  `\\${CANARY}\\`,
  `{${CANARY},"${CANARY}"`,
  `password=${CANARY}`,
  `relation "${CANARY}" does not exist`,
];

/** Overwrites every text value of the tables that are there, as far as their constraints let it. */
export const CANARIES_EVERYWHERE = `
do $canary$
declare c record;
begin
  for c in select format('%I.%I', table_schema, table_name) as t, format('%I', column_name) as name
             from information_schema.columns join information_schema.tables using (table_schema, table_name)
            where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
              and data_type in ('text', 'character varying', 'character') and is_generated = 'NEVER'
  loop
    begin
      execute format($q$update %s set %s = '${CANARY} "' || ctid || '''%%s'$q$, c.t, c.name);
    exception when others then null; -- a check or a length is in the way: this column keeps what it has
    end;
  end loop;
end $canary$;
`;

export interface Searched {
  files: number;
  bytes: number;
  /** Where a trace of a canary was found, with what stands around it. */
  readonly found: string[];
}

export function newSearch(): Searched {
  return { files: 0, bytes: 0, found: [] };
}

/** Looks for a canary in what the terminal, a process list or a value said. */
export function searchText(what: string, text: string, searched: Searched): void {
  searched.bytes += Buffer.byteLength(text);
  const small = text.toLowerCase();
  for (const trace of TRACES) {
    const at = small.indexOf(trace);
    if (at !== -1) searched.found.push(`${what}: …${text.slice(Math.max(0, at - 80), at + 40)}…`);
  }
}

/** Where they may be: `private/`, and the author's own file that fills the database, in the copy of the plan. */
const MAY_HOLD_THEM: ReadonlySet<string> = new Set(['private', 'generate.sql']);

/** Looks through every other file below a folder, which an early refusal may not have made. */
export function searchFolder(folder: string, searched: Searched): void {
  if (!existsSync(folder)) return;
  const entries: Dirent[] = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries) {
    if (MAY_HOLD_THEM.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) searchFolder(path, searched);
    else if (entry.isFile()) {
      searched.files += 1;
      searchText(path, textOf(path), searched);
    }
  }
}

/** Empty for one that has gone meanwhile: folders of a run that goes on are looked through as well. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Looks at the command lines of all processes that are there now. */
export function searchProcesses(searched: Searched): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      searchText(`command line of ${pid}`, readFileSync(`/proc/${pid}/cmdline`, 'latin1'), searched);
    } catch {
      continue; // it has ended
    }
  }
}
