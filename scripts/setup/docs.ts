import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { resultSchema } from '../checks/result/contract/result.ts';
import { settingsSchema } from '../plan/schema/schema-settings.ts';
import { loadSchema, rehearsalSchema } from '../plan/schema/schema.ts';
import { EXIT, EXIT_MEANING } from '../shared/errors.ts';
import { remediesReference } from './references/remedies-reference.ts';
import { configReference, type JsonSchema } from './references/config-reference.ts';

/*
 * The documents that are made from code. `npm run docs` writes them; a test fails when a committed one is stale.
 * One more is one more line here.
 */
const DOCUMENTS: Readonly<Record<string, () => string>> = {
  'docs/schema/rehearsal.schema.json': () => jsonText('rehearsal.yaml', rehearsalSchema),
  'docs/schema/settings.schema.json': () => jsonText('settings.yaml', settingsSchema),
  'docs/schema/result.schema.json': () => jsonText('result.json', resultSchema),
  'docs/config.md': () => configReference(jsonSchema(rehearsalSchema)),
  'docs/remedies.md': remediesReference,
  'README.md': readmeWithExitCodes,
};

const ROOT = resolve(import.meta.dirname, '../..');

interface GeneratedDocument {
  /** Relative to the project's root. */
  readonly path: string;
  readonly text: string;
}

/** Every generated document as it should be committed. */
export async function generatedDocuments(): Promise<GeneratedDocument[]> {
  const documents: GeneratedDocument[] = [];
  for (const [path, make] of Object.entries(DOCUMENTS)) {
    const options = await resolveConfig(join(ROOT, path));
    documents.push({ path, text: await format(make(), { ...options, filepath: path }) });
  }
  return documents;
}

/** What an author may write: the side of the schema before defaults and conversions. */
function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema: made }) => {
      // A snapshot folder may tell the rate: whether it does is not to be seen in rehearsal.yaml.
      if (zodSchema instanceof z.ZodObject && zodSchema.shape['rate'] === loadSchema.shape.rate)
        made.required = (made.required ?? []).filter((key) => key !== 'rate');
    },
  }) as JsonSchema;
}

function jsonText(title: string, schema: z.ZodType): string {
  return JSON.stringify({ title, ...jsonSchema(schema) });
}

function readmeWithExitCodes(): string {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const codes = Object.entries(EXIT_MEANING).map(
    ([kind, meaning]) => `${EXIT[kind as keyof typeof EXIT]} ${meaning}`,
  );
  return readme.replace(/^Exit codes: .*$/m, () => `Exit codes: ${codes.join(' · ')}.`);
}

if (process.argv[1] === import.meta.filename) {
  for (const { path, text } of await generatedDocuments()) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), text);
  }
}
