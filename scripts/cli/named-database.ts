import { isDatabase, isUrl, readableUrl, urlMistakes } from '../plan/snapshot-url.ts';
import { RehearsalError } from '../shared/errors.ts';

const VARIABLE = /^[A-Za-z_]\w*$/;

/** Is it a URL, or the name of an environment variable that holds the one of a database? */
export function namesDatabase(source: string, env: NodeJS.ProcessEnv): boolean {
  return isUrl(source) || (VARIABLE.test(source) && isDatabase(env[source] ?? ''));
}

/**
 * A URL without a password, or the name of an environment variable that holds one: arguments are seen by everybody on the machine.
 * @throws USAGE
 */
export function databaseOf(source: string, env: NodeJS.ProcessEnv): URL {
  const isName = VARIABLE.test(source);
  const written = isName ? (env[source] ?? '') : source;
  const shown = isName ? `the value of ${source}` : 'the source';
  const hint = 'write postgres://user@host/database, or the name of an environment variable that holds it';
  if (!isDatabase(written))
    throw new RehearsalError('USAGE', `${shown} is not the URL of a database`, { hint });
  const wrong = urlMistakes(written, isName ? [written] : []).map((one) =>
    one.startsWith('has a secret')
      ? 'has a password in it, which everybody on this machine can see; put the URL into an environment variable and name that, or use PGPASSWORD or the password file of libpq'
      : one,
  );
  if (wrong.length > 0) throw new RehearsalError('USAGE', `${shown} ${wrong.join('; it ')}`, { hint });
  return new URL(readableUrl(written));
}
