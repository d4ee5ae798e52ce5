import type { VerifyWatch } from '../../model.ts';
import { didYouMean } from '../../schema/did-you-mean.ts';
import type { ConfigOf } from '../../schema/schema-steps.ts';
import type { KeyPath } from '../../yaml/yaml-source.ts';
import type { ParsedSqlFile, Reading } from '../reading.ts';

const EVERY_MS = 1000;
/** Asked more often, the questions would be a load of their own. */
const LEAST_MS = 100;

interface Place {
  readonly path: KeyPath;
  /** Of all steps of the plan; undefined where not all are known. */
  readonly names: readonly string[] | undefined;
  readonly reading: Reading;
}

/** While which steps a verify step asks, besides its own place; undefined where it says nothing of it. Notes every mistake. */
export function readWatch(
  { every, through }: Pick<ConfigOf<'verify'>, 'every' | 'through'>,
  files: readonly ParsedSqlFile[],
  { path, names, reading }: Place,
): VerifyWatch | undefined {
  if (every === undefined && through === undefined) return undefined;
  if (every !== undefined && every < LEAST_MS)
    reading.mistake([...path, 'every'], `{value} is too often; write ${LEAST_MS}ms or more`);
  if (through === undefined)
    reading.mistake(
      [...path, 'every'],
      '{value}, and while which steps? Name them, as in through: [deploy-dual, fill]',
    );
  for (const [index, name] of (through ?? []).entries()) {
    const place = [...path, 'through', index];
    if (through?.indexOf(name) !== index) reading.mistake(place, '{value} is there twice');
    else if (names !== undefined && !names.includes(name))
      reading.mistake(
        place,
        `{value} is not the name of a step of this plan${reading.source.isSecret(place) ? '' : didYouMean(name, names)}`,
      );
  }
  for (const { file, statements = [] } of files)
    for (const { line, node } of statements)
      if (node !== 'SelectStmt')
        reading.mistakeIn(file, line, 'is asked again and again by through, and so must be a SELECT');
  return { everyMs: every ?? EVERY_MS, through: through ?? [] };
}
