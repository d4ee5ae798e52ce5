import { afterEach, describe, expect, it } from 'vitest';
import { resultSchema, type Result } from '../../../scripts/checks/result/contract/result.ts';
import { rehearse } from '../../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../../support/tiny-rehearsal.ts';
import { FILES_OF_TWO_PLANS, TWO_PLANS } from '../../support/two-plans.ts';

let tiny: TinyRehearsal | undefined;
afterEach(async () => {
  expect(tiny?.processes() ?? []).toEqual([]);
  await tiny?.remove();
});

const PLANS = `${TWO_PLANS}
scenarios: [quiet, { rollback: { from: [add] } }, { interrupted: { steps: [fill], how: [client] } }]`;

async function run(args: readonly string[]): Promise<Result> {
  tiny = await tinyRehearsal(PLANS, FILES_OF_TWO_PLANS);
  const { stdout, stderr } = await rehearse(['run', '.', '--json', ...args], {
    cwd: tiny.dir,
    tmp: tiny.tmp,
  });
  if (stdout === '') throw new Error(stderr);
  return resultSchema.parse(JSON.parse(stdout));
}

/** What a busy machine adds is inconclusive, and no word about the plan. */
const failed = ({ playings }: Result): unknown[] =>
  (playings?.played ?? []).filter(({ verdict }) => verdict === 'fail').map(({ scenario }) => scenario);

describe('several plans, with a way back, an interruption and repetitions', () => {
  it('plays each in every scenario that it has the steps for, as often as asked, and tells each once', async () => {
    const result = await run(['--repeat', '2']);
    const scenarios = [
      ['at-once', 'at-once'],
      ['in-steps', 'in-steps'],
      ['in-steps', 'in-steps / rollback from add'],
      ['in-steps', 'in-steps / interrupted'],
    ];
    const played = result.playings?.played.map(({ plan, scenario, repetition }) => [
      repetition,
      plan,
      scenario,
    ]);
    expect(played?.toSorted()).toEqual(
      [1, 2].flatMap((repetition) => scenarios.map((of) => [repetition, ...of])).toSorted(),
    );
    // The old version asks for the old name until the new one is out, however often it is played.
    expect(new Set(failed(result))).toEqual(new Set(['at-once']));
    expect(result.wayBack).toMatchObject([
      { plan: 'in-steps', from: 'add', possible: true, schemaSame: true, forwardAgain: true },
    ]);
    expect(result.interruptions).toMatchObject([
      {
        plan: 'in-steps',
        step: 'fill',
        how: 'client',
        secondTry: 'ok',
        cuts: 3,
        rowsTwice: 0,
        rowsLeftOut: 0,
      },
    ]);
    expect(result.playings?.ways).toMatchObject([
      { plan: 'at-once', strategy: 'blue-green', verdict: 'fail', isWayBackPlayed: false },
      { plan: 'in-steps', strategy: 'dual writes', wayBackUntil: 'add', isWayBackPlayed: true },
    ]);
    expect(result.playings?.advice?.plan).toBe(
      result.playings?.ways?.[1]?.verdict === 'pass' ? 'in-steps' : null,
    );
  });

  it('plays the one that is asked for as often, with its scenarios alone', async () => {
    const result = await run(['--plan', 'at-once', '--repeat', '2']);
    expect(result.playings?.played.map(({ plan, repetition }) => [plan, repetition])).toEqual([
      ['at-once', 1],
      ['at-once', 2],
    ]);
    expect([result.verdict, result.wayBack, result.interruptions, result.playings?.ways]).toEqual([
      'fail',
      undefined,
      undefined,
      undefined,
    ]);
  });
});
