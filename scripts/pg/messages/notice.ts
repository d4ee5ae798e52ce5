import { serverMessageOf } from './guard.ts';
import { publicWords, type ServerMessage } from './public-text.ts';

/** What the server said beside the answer to a statement, without anything of a row. */
export interface ServerNotice {
  readonly severity: 'NOTICE' | 'WARNING';
  /** `00000` for most of them, `01000` for a warning, or the SQLSTATE of the error that was spared: 42P07 of IF NOT EXISTS. */
  readonly sqlstate: string;
  readonly message: string;
  /** Of `drop cascades to 3 other objects`: each of them, as `view v`. Absent where the message names it. */
  readonly objects?: readonly string[];
}

const CASCADES = 'drop cascades to ';

/** @param message as `notice` of a guarded connection gives it; @returns undefined for INFO, LOG and DEBUG */
export function publicNotice(
  message: ServerMessage & { readonly severity?: string | undefined },
): ServerNotice | undefined {
  const { severity, code = '00000', message: text = '' } = message;
  if (severity !== 'NOTICE' && severity !== 'WARNING') return undefined;
  const told = { severity, sqlstate: code, message: text } as const;
  const objects = text.startsWith(CASCADES) ? objectsOf(serverMessageOf(message)) : [];
  return objects.length === 0 ? told : { ...told, objects };
}

/** The server lists at most a hundred of them in the detail (MAX_REPORTED_DEPS in PostgreSQL's dependency.c). */
function objectsOf({ detail = '' }: ServerMessage): string[] {
  return detail
    .split('\n')
    .filter((line) => line.startsWith(CASCADES))
    .map((line) => publicWords(line))
    .filter((line) => line.startsWith(CASCADES))
    .map((line) => line.slice(CASCADES.length));
}
