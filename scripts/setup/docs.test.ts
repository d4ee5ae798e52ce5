import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { rehearsalSchema } from '../plan/schema/schema.ts';
import { EXAMPLE, type JsonSchema } from './references/config-reference.ts';
import { generatedDocuments } from './docs.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const documents = await generatedDocuments();
const schemaText = documents.find(({ path }) => path === 'docs/schema/rehearsal.schema.json')?.text ?? '';
const editorSchema = JSON.parse(schemaText) as JsonSchema;

test('the committed documents are those that the code makes; npm run docs writes them', async () => {
  for (const { path, text } of documents)
    expect(await readFile(join(ROOT, path), 'utf8'), `${path} is stale: npm run docs`).toBe(text);
});

test('the example of the reference is valid for the tool and for editors', () => {
  const value: unknown = parse(EXAMPLE);
  expect(rehearsalSchema.safeParse(value).error).toBeUndefined();
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  const validate = ajv.compile(editorSchema);
  validate(value);
  expect(validate.errors ?? []).toEqual([]);
});

test.each([
  ['an unknown key', EXAMPLE.replace('rate:', 'rat: 1\n  rate:'), false],
  ['a rate without a unit', EXAMPLE.replace('400/s', '400'), false],
  ['a rate in the wrong unit', EXAMPLE.replace('400/s', '400/m'), false],
  ['no rate, which a snapshot folder may tell', EXAMPLE.replace(/ +rate: .*\n/, ''), true],
  ['a rate from the environment', EXAMPLE.replace('400/s', '${RATE}'), true],
  ['a number from the environment', EXAMPLE.replace('retries: 10', 'retries: "${RETRIES}"'), true],
  ['a phase that is not there', EXAMPLE.replace('phase: expand', 'phase: expnad'), false],
  ['a step with two kinds', EXAMPLE.replace('soak: 30s', 'soak: 30s, sql: a.sql'), false],
])('editors see %s', (_what, yaml, isValid) => {
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(editorSchema);
  expect(validate(parse(yaml))).toBe(isValid);
});

test('every key of rehearsal.yaml has a description', () => {
  const missing: string[] = [];
  const visit = (schema: JsonSchema, path: string): void => {
    for (const [key, each] of Object.entries(schema.properties ?? {})) {
      if (each.description === undefined) missing.push(`${path}.${key}`);
      visit(each, `${path}.${key}`);
    }
    for (const each of schema.anyOf ?? []) visit(each, path);
    if (schema.items) visit(schema.items, `${path}[]`);
  };
  visit(editorSchema, '');
  expect(missing).toEqual([]);
});
