import { RehearsalError } from '../../scripts/shared/errors.ts';
import { registerSecret } from '../../scripts/shared/text/redact.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** A token from the environment, which is never printed from then on. @throws TARGET_UNAVAILABLE where it is not set */
export function tokenOf(env: Env, variable: string, title: string): string {
  const token = env[variable]?.trim() ?? '';
  if (token === '') {
    throw new RehearsalError(
      'TARGET_UNAVAILABLE',
      `${variable} is not set, so nothing can be asked of ${title}`,
      {
        hint: `set ${variable} to a token of ${title}; docs/clouds.md tells its rights`,
      },
    );
  }
  registerSecret(token);
  return token;
}

/** Where the API is. A token goes over TLS, or to this machine. @throws CONFIG_INVALID */
export function baseOf(env: Env, variable: string, usual: string): string {
  const given = env[variable]?.trim();
  if (given === undefined || given === '') return usual;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const here = url?.protocol === 'http:' && /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || here) return given.replace(/\/+$/, '');
  throw new RehearsalError('CONFIG_INVALID', `${variable} is not an https:// address`, {
    hint: `leave it out for ${usual}; a token is sent to it, so it must be https, or this machine`,
  });
}
