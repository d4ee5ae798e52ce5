import { z } from 'zod';
import { didYouMean, nearest } from './did-you-mean.ts';
import { eitherOf } from './fields.ts';
import { stepSchemas } from './schema-steps.ts';
import { settingsSchema } from './schema-settings.ts';
import { rehearsalSchema, snapshotSchemas } from './schema.ts';
import { targetsSchema } from './targets/targets.ts';
import { keyText, type KeyPath } from '../yaml/yaml-source.ts';

/** One mistake against the schema; `{value}` in its message stands for what the author wrote at `path`. */
interface SchemaIssue {
  readonly path: KeyPath;
  readonly message: string;
}

/** A map with so few keys is told as a whole to whoever wrote another one. */
const FEW_KEYS = 3;

type Issue = z.core.$ZodIssue;

/** Everything in the value of a rehearsal.yaml that the schema does not allow, in the words of a reader. */
export function schemaIssues(value: unknown): SchemaIssue[] {
  const { error } = rehearsalSchema.safeParse(value);
  return (error?.issues ?? []).flatMap((issue) => explain(issue, [], value));
}

/** Likewise of a map of settings of targets, by paths that begin with `targets`. */
export function targetsIssues(value: unknown): SchemaIssue[] {
  const { error } = targetsSchema.safeParse(value);
  return (error?.issues ?? []).flatMap((issue) => explain(issue, ['targets'], { targets: value }));
}

/** Keys of rehearsal.yaml that are of one rehearsal. */
const OF_ONE: readonly (readonly string[])[] = [
  ...['version', 'name', 'snapshot', 'plan', 'plans', 'scenarios', 'quietTables'].map((key) => [key]),
  ['load', 'versions'],
  ['load', 'actors'],
];

/** Likewise of a settings.yaml. */
export function settingsIssues(value: unknown): SchemaIssue[] {
  const { error } = settingsSchema.safeParse(value);
  const issues = (error?.issues ?? []).flatMap((issue) => explain(issue, [], value));
  return issues.map((issue) => {
    const isOfOne = OF_ONE.some((path) => path.join('.') === issue.path.join('.'));
    return isOfOne ? { ...issue, message: 'is of one rehearsal; write it in its rehearsal.yaml' } : issue;
  });
}

function explain(issue: Issue, base: KeyPath, root: unknown): SchemaIssue[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(path, key, root) }));
  if (issue.code === 'invalid_union') {
    const kinds = kindsAt(path);
    if (kinds) return explainKind(issue, path, kinds, root);
    const form = formAt(path, valueAt(root, path));
    if (form !== undefined) return (issue.errors[form] ?? []).flatMap((each) => explain(each, path, root));
  }
  if (issue.code === 'invalid_key') {
    const message = issue.issues[0]?.message ?? issue.message;
    return [{ path, message: message.replace('{value}', String(path.at(-1))) }];
  }
  if (issue.code === 'custom' && Array.isArray(issue.params?.['options'])) {
    const options = issue.params['options'].map(String);
    const guess = didYouMean(String(valueAt(root, path)), options) || `; write ${eitherOf(options)}`;
    return [{ path, message: `${issue.message}${guess}` }];
  }
  if (issue.code === 'invalid_type' && ['object', 'record'].includes(issue.expected))
    return [
      { path, message: valueAt(root, path) === undefined ? 'missing' : '{value} is not a map of keys' },
    ];
  return [{ path, message: issue.message }];
}

/** A snapshot or a step: the one key that decides its kind decides which mistakes count. */
function explainKind(
  issue: z.core.$ZodIssueInvalidUnion,
  path: KeyPath,
  { what, kinds }: { what: string; kinds: readonly string[] },
  root: unknown,
): SchemaIssue[] {
  const value = valueAt(root, path);
  if (value === undefined) return [{ path, message: `missing; write ${eitherOf(kinds)}` }];
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ path, message: `{value} is not a ${what}; write a map with ${eitherOf(kinds)}` }];
  const present = kinds.filter((kind) => kind in value);
  const [kind] = present;
  const own = issue.errors[kinds.indexOf(kind ?? kinds[0] ?? '')] ?? [];
  if (present.length === 1) return own.flatMap((each) => explain(each, path, root));
  const known = keysAt(rehearsalSchema, path);
  const shared = own.filter(({ path: [key = ''] }) => !kinds.includes(String(key)));
  const others = shared.filter(({ code }) => code !== 'unrecognized_keys');
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  const mistakes = [
    ...others.flatMap((each) => explain(each, path, root)),
    ...unknown.map((key) => ({ path: [...path, key], message: unknownKey(path, key, root) })),
  ];
  if (present.length > 1)
    mistakes.push({
      path,
      message: `a ${what} has only one of ${kinds.join(', ')}; here are ${present.join(' and ')}`,
    });
  else if (!unknown.some((key) => kinds.includes(nearest(key, known) ?? '')))
    mistakes.push({ path, message: `this ${what} does not say what it is; write ${eitherOf(kinds)}` });
  return mistakes;
}

type Form = 'list' | 'map' | 'word';

/** Which form each part of a union has. */
const FORMS: readonly { readonly at: RegExp; readonly forms: readonly Form[] }[] = [
  { at: /^(load\.actors|scenarios)$/, forms: ['list', 'map'] },
  { at: /^plan$/, forms: ['list', 'map'] },
  { at: /^scenarios\.\d+$/, forms: ['word', 'map'] },
  { at: /^scenarios\.\d+\.rollback$/, forms: ['word', 'map'] },
  { at: /^scenarios\.(\d+\.)?rollback\.from$/, forms: ['word', 'list'] },
  { at: /^scenarios\.(rollback|interrupted)$/, forms: ['list', 'map', 'word'] },
  { at: /^scenarios\.[^.]+$/, forms: ['list', 'map'] },
];

/** The part of a union that the author chose by its form; undefined = none of them. */
function formAt(path: KeyPath, value: unknown): number | undefined {
  const found = FORMS.find(({ at }) => at.test(path.join('.')));
  const form = found?.forms.indexOf(formOf(value)) ?? -1;
  return form === -1 ? undefined : form;
}

function formOf(value: unknown): Form {
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' && value !== null ? 'map' : 'word';
}

function kindsAt(path: KeyPath): { what: string; kinds: readonly string[] } | undefined {
  if (path.length === 1 && path[0] === 'snapshot')
    return { what: 'snapshot', kinds: Object.keys(snapshotSchemas) };
  if (isStep(path)) return { what: 'step', kinds: Object.keys(stepSchemas) };
  return undefined;
}

function isStep(path: KeyPath): boolean {
  return (path.length === 2 && path[0] === 'plan') || (path.length === 3 && path[0] === 'plans');
}

function unknownKey(path: KeyPath, key: string, root: unknown): string {
  const known = keysAt(rehearsalSchema, path);
  if (!known.includes(key)) {
    const few = known.length > 0 && known.length <= FEW_KEYS ? `; write ${eitherOf(known)}` : '';
    return `unknown key${didYouMean(key, known) || elsewhere(path, key) || few}`;
  }
  const { what = 'map', kinds = [] } = kindsAt(path) ?? {};
  const value = valueAt(root, path);
  const kind = kinds.find((each) => typeof value === 'object' && value !== null && each in value);
  return `not a key of ${kind === undefined ? 'this' : `a ${kind}`} ${what}`;
}

/** `; did you mean load.rate?` for a key of another map, or nothing. */
function elsewhere(path: KeyPath, key: string): string {
  const top = keysAt(rehearsalSchema, []);
  const inside = (name: string): KeyPath => (name === 'plan' ? [name, 0] : [name]);
  const maps = top.filter((name) => keysAt(rehearsalSchema, inside(name)).includes(key));
  const places = [
    ...maps.map((name) => (name === 'plan' ? `${key} of a step` : `${name}.${key}`)),
    ...(top.includes(key) ? [key] : []),
  ];
  const [place] = places.filter((each) => each !== [...path, key].join('.'));
  if (place === undefined) return '';
  return place === key ? `; ${key} stands at the top, not in ${keyText(path)}` : `; did you mean ${place}?`;
}

/** The keys that the schema knows at a path; where there are several kinds, the keys of all. */
function keysAt(schema: unknown, path: KeyPath): string[] {
  const [name, ...rest] = path;
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodExactOptional)
    return keysAt(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion) return [...new Set(schema.options.flatMap((each) => keysAt(each, path)))];
  if (schema instanceof z.ZodArray) return typeof name === 'string' ? [] : keysAt(schema.element, rest);
  if (schema instanceof z.ZodRecord) return typeof name !== 'string' ? [] : keysAt(schema.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  return name === undefined ? Object.keys(schema.shape) : keysAt(schema.shape[String(name)], rest);
}

function valueAt(root: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((value, name) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.hasOwn(value, name) ? (value as Record<PropertyKey, unknown>)[name] : undefined;
  }, root);
}
