import { failingResult } from '../../test/report/sample-failures.ts';
import type { Result } from '../checks/result/contract/result.ts';
import type { Publication } from './publication.ts';
import type { Outside } from './surface.ts';

/** Of the failing sample, whose statement lies in a migration folder. */
export function publication(rest: Partial<Publication> = {}): Publication {
  const result = rest.result ?? failingResult();
  return {
    result,
    against: undefined,
    notes: [],
    reportUrl: 'https://ci.example/report',
    dir: 'rehearsals/demo',
    ...rest,
  };
}

/** A run with so many findings, each with long texts that try to break out of whatever they stand in. */
export function manyFindings(count: number): Result {
  const result = failingResult();
  const [first] = result.findings;
  if (first === undefined) return result;
  const hostile = '| ``` --> <!-- x --> @everyone #1 ::error::x <script>';
  const findings = Array.from({ length: count }, (_, index) => ({
    ...first,
    message: `${index} ${hostile} ${'word '.repeat(200)}`,
  }));
  return { ...result, findings, limits: Array.from({ length: 200 }, () => 'limit '.repeat(300)) };
}

/** A world whose output is kept. */
export function outside(rest: Partial<Outside> = {}): Outside & { printed: string[]; noted: string[] } {
  const printed: string[] = [];
  const noted: string[] = [];
  return {
    env: {},
    fetch: globalThis.fetch,
    sleep: () => Promise.resolve(),
    runFolder: '/nowhere',
    file: undefined,
    request: undefined,
    isDryRun: false,
    printed,
    noted,
    print: (text) => void printed.push(text),
    note: (line) => void noted.push(line),
    ...rest,
  };
}
