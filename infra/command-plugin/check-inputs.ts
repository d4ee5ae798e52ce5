import type { CheckFailure, CheckResult } from '@pulumi/pulumi/provider/provider.js';
import { z } from 'zod';
import { asSecret, revealed, type WireProperties } from '../provider-kit/wire.ts';
import { connectionSchema } from './connection.ts';
import { INSTALL_OFFICIAL } from './version.ts';

/** What a preview sends for a value that nobody knows yet. */
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/**
 * Says what is wrong with the inputs of a resource, unknown values left aside; fills in the connection's defaults and keeps
 * it as a secret.
 */
export function checkInputs(schema: z.ZodType, news: WireProperties): CheckResult {
  const plain = withoutNulls(revealed(news));
  const parsed = schema.safeParse(plain);
  const issues = parsed.success ? [] : parsed.error.issues;
  const failures = issues
    .filter(({ path }) => !leadsToUnknown(plain, path))
    .flatMap((issue) => failuresOf(issue));
  const connection = connectionSchema.safeParse(withoutNulls(revealed(news['connection'])));
  const filled = connection.success ? connection.data : revealed(news['connection']);
  return { inputs: { ...news, connection: asSecret(filled) }, failures };
}

function failuresOf(issue: z.core.$ZodIssue): CheckFailure[] {
  const property = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [{ property, reason: issue.message }];
  return issue.keys.map((key) => ({
    property: [...issue.path, key].join('.'),
    reason: `is not known to the stand-in for the command plugin: ${INSTALL_OFFICIAL}`,
  }));
}

/** The inputs of a resource that has been checked. @throws Error where they are not what was checked */
export function parseInputs<T>(schema: z.ZodType<T>, wire: WireProperties): T {
  const parsed = schema.safeParse(withoutNulls(revealed(wire)));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
}

function leadsToUnknown(value: unknown, path: readonly PropertyKey[]): boolean {
  if (value === UNKNOWN) return true;
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== 'object' || value === null) return false;
  return leadsToUnknown((value as Record<PropertyKey, unknown>)[key], rest);
}

/** On the wire, null is the same as not given; the elements of a list keep their places. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(given.map(([key, inner]) => [key, withoutNulls(inner)]));
}
