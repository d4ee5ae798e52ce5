/** Values as the engine sends them: plain JSON in which special objects carry a signature under this key. */
export const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** Properties of a resource on the wire; secrets are in envelopes. */
export type WireProperties = Readonly<Record<string, unknown>>;

export function isSecret(value: unknown): value is { readonly value: unknown } {
  return signatureOf(value) === SECRET;
}

/** Puts a value in the envelope in which the engine keeps it encrypted. What is in one already stays as it is. */
export function asSecret(value: unknown): unknown {
  return isSecret(value) ? value : { [SIGNATURE]: SECRET, value: value ?? null };
}

/** Does a secret stand anywhere in the value? */
export function holdsSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  if (Array.isArray(value)) return value.some(holdsSecret);
  return isObject(value) && Object.values(value).some(holdsSecret);
}

/** The value without any envelope, however deep. Never log it. */
export function revealed(value: unknown): unknown {
  if (isSecret(value)) return revealed(value.value);
  if (Array.isArray(value)) return value.map(revealed);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
}

/** What kind of special object this is; undefined for everything else. */
export function signatureOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const signature = value[SIGNATURE];
  return typeof signature === 'string' ? signature : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
