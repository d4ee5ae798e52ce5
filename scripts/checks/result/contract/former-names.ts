import { defined } from '../../../plan/schema/defined.ts';
import { resultSchema, type Result } from './result.ts';

/* Playings were called performances. As long as schemaVersion is 1, result.json says both, and either is read. */

type Indexed = Pick<Result['checks'][number], 'playing' | 'performance'>;

/** The same result with its playings by both of their names. */
export function withFormerNames(result: Result): Result {
  const { playing = result.performance, playings = result.performances } = result;
  return {
    ...result,
    findings: result.findings.map(inBoth),
    checks: result.checks.map(inBoth),
    traffic: Object.fromEntries(Object.entries(result.traffic).map(([name, one]) => [name, inBoth(one)])),
    ...defined({ playing, performance: playing, playings, performances: playings }),
  };
}

function inBoth<T extends Indexed>(one: T): T {
  const { playing = one.performance } = one;
  return { ...one, ...defined({ playing, performance: playing }) };
}

/** A result.json of this version or an earlier one; undefined where it is none. */
export function readResult(document: unknown): Result | undefined {
  const { data } = resultSchema.safeParse(document);
  return data && withFormerNames(data);
}
