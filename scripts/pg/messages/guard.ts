import type pg from 'pg';
import { keepPrivateWords } from '../../shared/text/private-words.ts';
import { isPublicName } from './public-names.ts';
import { keepsBack, NAME_FIELDS, publicHint, publicMessage, type ServerMessage } from './public-text.ts';

/** What the server really said, for those who may know it: the file in private/, and code that looks for a name. */
const said = new WeakMap<object, ServerMessage>();

type Mutable = { -readonly [K in keyof ServerMessage]: ServerMessage[K] } & { stack?: string | undefined };

/**
 * Makes every error and notice of a connection public before anybody sees it: whoever shows `error.message`, now or in some
 * later version, shows no value of a row.
 * @param role whose connection it is, for the file that keeps the server's own words
 */
export function guard(client: pg.Client, role: string): void {
  // The same objects that pg hands to queries and to listeners of `notice`.
  for (const event of ['errorMessage', 'notice']) {
    client.connection.prependListener(event, (message: Mutable) => {
      makePublic(message, role);
    });
  }
}

/** The server's own words; of an error that was made otherwise, the error. */
export function serverMessageOf(error: object): ServerMessage {
  return said.get(error) ?? error;
}

/** What a server said elsewhere, as `guard` does it: changed in place. */
export function makePublic(message: Mutable, role: string): void {
  if (said.has(message)) return;
  const original: ServerMessage = { ...message, message: message.message };
  said.set(message, original);
  if (keepsBack(original))
    keepPrivateWords(`${role} ${original.code ?? ''} ${original.routine ?? ''}`, wordsOf(original));
  message.message = publicMessage(original);
  message.hint = publicHint(original);
  for (const field of ['detail', 'where', 'internalQuery'] as const) message[field] = undefined;
  for (const field of NAME_FIELDS) if (!isPublicName(message[field] ?? '')) message[field] = undefined;
  if (message.stack !== undefined)
    message.stack = withMessage(message.stack, original.message ?? '', message.message);
}

function wordsOf({ code, message, detail, hint, where, internalQuery }: ServerMessage): string {
  const fields: [string, string | undefined][] = [
    [code ?? 'message', message],
    ['detail', detail],
    ['hint', hint],
    ['query', internalQuery],
    ['context', where],
  ];
  return fields.flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${text}`])).join('\n');
}

/** V8 puts the message in front of the places. */
function withMessage(stack: string, before: string, after: string): string {
  const at = before === '' ? -1 : stack.indexOf(before);
  return at === -1 ? stack : stack.slice(0, at) + after + stack.slice(at + before.length);
}
