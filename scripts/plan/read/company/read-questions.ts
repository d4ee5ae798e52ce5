import type { Scenario, SqlFile } from '../../model.ts';
import type { BackFromConfig, OwnScenarioConfig, ScenariosConfig } from '../../schema/schema-actors.ts';
import type { KeyPath } from '../../yaml/yaml-source.ts';
import { plain, readFiles } from '../steps/read-files.ts';
import type { Reading } from '../reading.ts';
import { ROLLBACK } from './read-ways-back.ts';

/** The scenarios; those that go back ask what the author wrote for then, if anything. Notes mistakes in its files. */
export async function withQuestions(
  scenarios: readonly Scenario[],
  written: ScenariosConfig | undefined,
  reading: Reading,
): Promise<readonly Scenario[]> {
  const askedAfter: SqlFile[] = [];
  for (const { path, config } of waysBackIn(written))
    if (typeof config === 'object' && 'verify' in config)
      askedAfter.push(...(await readFiles(config.verify, [...path, 'verify'], reading)).map(plain));
  if (askedAfter.length === 0) return scenarios;
  return scenarios.map((one) => (one.backFrom === undefined ? one : { ...one, askedAfter }));
}

type WayBackConfig = OwnScenarioConfig | BackFromConfig;

function waysBackIn(
  written: ScenariosConfig | undefined,
): { path: KeyPath; config: WayBackConfig | undefined }[] {
  if (!Array.isArray(written)) return [{ path: ['scenarios', ROLLBACK], config: written?.[ROLLBACK] }];
  return written.map((item, index) => ({
    path: ['scenarios', index, ROLLBACK],
    config: typeof item === 'string' ? undefined : item.rollback,
  }));
}
