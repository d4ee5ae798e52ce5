import type { RunRecord } from '../../artifacts/records/records.ts';
import { defined } from '../../plan/schema/defined.ts';
import { plural } from '../../shared/text/format.ts';
import { reconciled } from './contrary.ts';
import { passedSentence } from './passed-sentence.ts';
import { combinedInterruptions } from './interruption-results.ts';
import { repetitionsCheck, repetitionsFindings } from './repetitions.ts';
import type { Finding, Result } from './contract/result.ts';
import { scenarioOutcomes, severity, type ScenarioOutcome } from './scenario-results.ts';
import { combinedWaysBack } from './combine-ways-back.ts';
import { waysResult } from './ways/ways-of.ts';
import { worstChecks, worstFindings, worstTraffic } from './worst-playing.ts';

const STATUSES: readonly Finding['status'][] = ['fail', 'inconclusive', 'warn'];

interface Played {
  /** Of those that were played, by index; at least one. */
  readonly results: ReadonlyMap<number, Result>;
  /** That theirs lie in, below that of the run. */
  readonly folder?: string;
}

/**
 * One result for a run of several playings: the verdict is that of its worst scenario, and a scenario whose repetitions
 * disagree is inconclusive. Headline, findings, checks and traffic are the worst of all playings; steps, timeline and other
 * figures are those of the worst one.
 */
export function combinedResult(run: RunRecord, { results, folder = 'playings' }: Played): Result {
  const planned = run.playings ?? [];
  const scenarios = scenarioOutcomes(planned, results);
  const worst = scenarios.toSorted((a, b) => severity(a.scenario) - severity(b.scenario))[0];
  if (worst === undefined) throw new TypeError('nothing was played');
  const shown = worst.lead.result;
  const missing = planned.length - results.size;
  const playings = scenarios.flatMap((scenario) => scenario.playings);
  const own = repetitionsFindings(scenarios, missing, run.problem);
  const verdict = worst.scenario.verdict === 'pass' && missing > 0 ? 'inconclusive' : worst.scenario.verdict;
  return {
    ...shown,
    startedAt: run.startedAt,
    endedAt: run.endedAt ?? shown.endedAt,
    outcome: run.outcome,
    problem: run.problem,
    verdict,
    headline: headlineOf(scenarios, worst, own),
    findings: reconciled(
      [...own, ...merged(scenarios)].toSorted(
        (a, b) => STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status),
      ),
    ),
    checks: [...worstChecks(playings), repetitionsCheck(own)],
    traffic: worstTraffic(playings),
    environment: { ...shown.environment, ...pace(results) },
    playing: null,
    ...combinedWaysBack(results, shown),
    limits: [...new Set([...shown.limits, ...notRead(results)])],
    ...combinedInterruptions(results),
    playings: {
      shown: worst.lead.index,
      scenarios: scenarios.map(({ scenario }) => scenario),
      played: planned.map(({ index, scenario, repetition, planName }) => ({
        index,
        scenario,
        repetition,
        path: `${folder}/${index}`,
        ...defined({ plan: planName }),
        verdict: results.get(index)?.verdict ?? null,
      })),
      ...waysResult(run, results),
    },
  };
}

/** Around all playings: until the first one's plan began, and from the last one's load on. */
function pace(results: Played['results']): Pick<Result['environment'], 'firstStatementMs' | 'emptyMs'> {
  const known = (key: 'firstStatementMs' | 'emptyMs'): number | null =>
    [...results.values()].map(({ environment }) => environment[key]).find((ms) => ms !== null) ?? null;
  return { firstStatementMs: known('firstStatementMs'), emptyMs: known('emptyMs') };
}

/** `quiet passes, long-reader fails: …` */
function headlineOf(
  scenarios: readonly ScenarioOutcome[],
  worst: ScenarioOutcome,
  own: readonly Finding[],
): string {
  const [first] = own;
  const { verdict, planned } = worst.scenario;
  const told = first?.message ?? (verdict === 'pass' ? passedEveryTime(scenarios) : worstHeadline(worst));
  if (scenarios.length > 1) {
    const all = scenarios.map(({ scenario: { name, verdict } }) => `${name} ${VERB[verdict]}`).join(', ');
    return `${all.replace(/^./, (letter) => letter.toUpperCase())}. ${told}`;
  }
  return first ? told : `${plural(planned, 'repetition')}, one verdict. ${told}`;
}

/** That of the worst repetition, with its finding's figure as the worst of all repetitions has it. */
function worstHeadline({ lead, playings, scenario }: ScenarioOutcome): string {
  const [told] = lead.result.findings;
  const worst = worstFindings(playings).find(
    ({ check, step, statement }) =>
      check === told?.check && step === told.step && statement === told.statement,
  );
  return told && worst ? scenario.headline.replace(told.message, () => worst.message) : scenario.headline;
}

/** Nothing that a single playing reached stands for all of them. */
function passedEveryTime(scenarios: readonly ScenarioOutcome[]): string {
  return passedSentence(scenarios.flatMap(({ playings }) => playings.map(({ result }) => result)));
}

const VERB = { pass: 'passes', fail: 'fails', inconclusive: 'cannot be judged' };

/** What the repetitions of each scenario were found to do; what several have in common stands once, at its worst. */
function merged(scenarios: readonly ScenarioOutcome[]): Finding[] {
  const findings = new Map<string, Finding>();
  for (const { scenario, playings } of scenarios) {
    for (const finding of worstFindings(playings)) {
      // What not every repetition shows is not shown.
      const status = finding.status === 'fail' && !scenario.isStable ? 'inconclusive' : finding.status;
      const key = [finding.check, status, finding.step, finding.statement].join(' ');
      const known = findings.get(key);
      const names = [...(known?.scenarios ?? []), scenario.name];
      const isWorse = known === undefined || (finding.measured ?? 0) > (known.measured ?? 0);
      findings.set(key, {
        ...(isWorse ? finding : known),
        status,
        ...(scenarios.length > 1 && { scenarios: names }),
      });
    }
  }
  return [...findings.values()];
}

/** What ways back could not tell, of whatever playing is shown. */
function notRead(results: ReadonlyMap<number, Result>): string[] {
  return [...results.values()].flatMap(({ wayBack = [] }) => wayBack.flatMap((way) => way.notRead ?? []));
}
