import { formatCount, plural } from '../../shared/text/format.ts';
import type { Finding, Result } from './contract/result.ts';
import type { ScenarioOutcome } from './scenario-results.ts';

/*
 * The check `repetitions` looks over all playings of a run, so that it is not one of those that judge a single one.
 */

const ID = 'repetitions';

/** One for each scenario whose repetitions disagree, and one for playings that were never played. */
export function repetitionsFindings(
  scenarios: readonly ScenarioOutcome[],
  missing: number,
  problem: string | null,
): Finding[] {
  const torn = scenarios
    .map(({ scenario }) => scenario)
    .filter(({ verdicts }) => Object.values(verdicts).filter((n) => n > 0).length > 1);
  return [
    ...torn.map(({ name, verdicts: { pass, fail, inconclusive } }) => {
      const unsure = inconclusive === 0 ? '' : ` and could not be judged ${plural(inconclusive, 'time')}`;
      const of = scenarios.length === 1 ? 'The same plan' : `In the scenario ${name} the same plan`;
      return finding(
        `${of} passed ${plural(pass, 'time')} and failed ${plural(fail, 'time')}${unsure}.`,
        'What decides is close to its budget or depends on chance, such as who holds a lock when a statement comes: see the spread of the figures, and give the plan more room.',
        [name],
      );
    }),
    ...(missing === 0
      ? []
      : [
          finding(
            `${formatCount(missing)} of the planned playings ${missing === 1 ? 'was' : 'were'} not played to the end${problem === null ? '' : `: ${problem}`}.`,
            'Rehearse again: what was not played is not known.',
          ),
        ]),
  ];
}

function finding(message: string, advice: string, scenarios?: string[]): Finding {
  return {
    check: ID,
    status: 'inconclusive',
    step: null,
    statement: null,
    measured: null,
    budget: null,
    unit: null,
    sqlstate: null,
    message,
    advice,
    insteadSql: null,
    ...(scenarios === undefined ? {} : { scenarios }),
  };
}

/** As it stands in the list of checks. */
export function repetitionsCheck(findings: readonly Finding[]): Result['checks'][number] {
  const isSure = findings.length === 0;
  return {
    id: ID,
    title: isSure ? 'Every repetition came to the same verdict' : 'Repetitions disagree, or were not played',
    status: isSure ? 'pass' : 'inconclusive',
    measured: null,
    budget: null,
    unit: null,
  };
}
