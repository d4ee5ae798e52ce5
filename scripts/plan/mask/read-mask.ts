import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Mistake } from '../../shared/errors.ts';
import type { Lookup } from '../yaml/interpolate.ts';
import { keyText, YamlSource, type KeyPath } from '../yaml/yaml-source.ts';
import { parseColumnName } from './column-name.ts';
import { DATE_PARTS, type MaskRule, type MaskRules } from './mask-rules.ts';

const WORDS = ['scramble', 'email', 'hash', 'null'] as const;
const EXPECTED = `write ${WORDS.join(', ')}, { value: text }, { generalise: ${DATE_PARTS.join('|')} } or { round: number }`;

const ruleSchema = z.union([
  z.null().transform((): MaskRule => ({ kind: 'null' })),
  z.enum(WORDS).transform((kind): MaskRule => ({ kind })),
  z.strictObject({ value: z.string() }).transform(({ value }): MaskRule => ({ kind: 'value', text: value })),
  z
    .strictObject({ generalise: z.enum(DATE_PARTS) })
    .transform(({ generalise }): MaskRule => ({ kind: 'generalise', to: generalise })),
  z
    .strictObject({ round: z.number().positive() })
    .transform(({ round }): MaskRule => ({ kind: 'round', to: round })),
]);

const KEYS = ['version', 'columns', 'keep'];

interface ReadMask {
  /** Undefined where there are mistakes. */
  readonly rules: MaskRules | undefined;
  readonly mistakes: readonly Mistake[];
}

/**
 * Reads a file of masking rules.
 * @param text its content, YAML
 * @param shown how messages call it
 */
export function readMask(text: string, shown: string, lookup: Lookup): ReadMask {
  const source = new YamlSource(text, shown, lookup);
  const mistakes: Mistake[] = [...source.mistakes];
  const mistake = (path: KeyPath, message: string): void => {
    mistakes.push({ file: shown, line: source.line(path), key: keyText(path), message });
  };
  if (source.value === undefined) return { rules: undefined, mistakes };
  if (!isMap(source.value)) {
    mistake([], `is not a map; write version: 1 and columns: { public.customers.email: email }`);
    return { rules: undefined, mistakes };
  }
  const { value } = source;
  for (const key of Object.keys(value))
    if (!KEYS.includes(key)) mistake([key], `unknown key; known are ${KEYS.join(', ')}`);
  if (value['version'] !== 1) mistake(['version'], 'is not 1, the only version there is');
  const columns = readColumns(value['columns'], source, mistake);
  const keep = readKeep(value['keep'], source, mistake);
  const ruled = new Set(columns.map(({ at }) => JSON.stringify(at)));
  keep.forEach(({ at }, index) => {
    if (ruled.has(JSON.stringify(at))) mistake(['keep', index], 'has a rule in columns as well');
  });
  if (mistakes.length > 0) return { rules: undefined, mistakes };
  const sha256 = createHash('sha256')
    .update(
      JSON.stringify({ columns: columns.map(({ at, rule }) => [at, rule]), keep: keep.map(({ at }) => at) }),
    )
    .digest('hex');
  return { rules: { shown, sha256, columns, keep }, mistakes };
}

type Tell = (path: KeyPath, message: string) => void;

function readColumns(value: unknown, source: YamlSource, mistake: Tell): MaskRules['columns'] {
  if (value === undefined || value === null) return [];
  if (!isMap(value)) {
    mistake(['columns'], 'is not a map of columns, such as { public.customers.email: email }');
    return [];
  }
  const seen = new Set<string>();
  return Object.entries(value).flatMap(([written, rule]) => {
    const path = ['columns', written];
    const at = nameAt(written, path, mistake);
    const read = ruleSchema.safeParse(rule);
    if (!read.success) mistake(path, `is no rule; ${EXPECTED}`);
    if (at === undefined || !read.success) return [];
    if (seen.has(JSON.stringify(at))) mistake(path, 'has two rules');
    seen.add(JSON.stringify(at));
    return [{ at, written, line: source.line(path), rule: read.data }];
  });
}

function readKeep(value: unknown, source: YamlSource, mistake: Tell): MaskRules['keep'] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    mistake(['keep'], 'is not a list of columns, such as [public.orders.note]');
    return [];
  }
  return value.flatMap((written: unknown, index) => {
    const path = ['keep', index];
    const at = nameAt(typeof written === 'string' ? written : '', path, mistake);
    return at === undefined ? [] : [{ at, written: String(written), line: source.line(path) }];
  });
}

function nameAt(written: string, path: KeyPath, mistake: Tell): ReturnType<typeof parseColumnName> {
  const at = parseColumnName(written);
  if (at === undefined)
    mistake(path, 'is not a column; write schema.table.column, with double quotes around odd names');
  return at;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
