import { formatCount } from '../../../shared/text/format.ts';
import { leftOutSentence } from '../contract/left-out.ts';
import type { Result } from '../contract/result.ts';
import { fewerStatements } from './fewer-statements.ts';
import { fewerInSteps } from './fewer-in-steps.ts';
import { LongLists } from './long-lists.ts';

const KB = 1024;
/** A result.json that people and programs still like to read. */
const MOST_CHARACTERS = 2.8 * KB * KB;
const MOST_STATEMENTS = 2000;
/** Parts of its share that each list may take: the first that gives a document of that size. */
const SCALES = [1, 0.5, 0.25, 0.1];

/**
 * The same result, below 3 MB as JSON whatever the run: of lists with thousands of entries those that tell most, and beside them how
 * many there were.
 */
export function withinSize(result: Result): Result {
  let some = result;
  for (const scale of SCALES) {
    some = cutTo(scale, result);
    if (JSON.stringify(some).length <= MOST_CHARACTERS) break;
  }
  return some;
}

function cutTo(scale: number, result: Result): Result {
  const lists = new LongLists(scale);
  const findings = fewerFindings(result, lists);
  const named = findings.map((finding) => ({ finding }));
  const steps = fewerStatements(result.steps, named, MOST_STATEMENTS * scale);
  const cut = fewerFacts({ ...result, findings, steps: fewerInSteps(steps, lists) }, lists);
  if (lists.leftOut.length === 0) return cut;
  const said = lists.leftOut.map((one) => leftOutSentence(one, formatCount));
  return { ...cut, leftOut: lists.leftOut, limits: [...cut.limits, ...said] };
}

function fewerFindings(result: Result, lists: LongLists): Result['findings'] {
  const [some = result] = lists.cut('findings', [result], {
    mostBytes: 300 * KB,
    of: ({ findings }) => findings,
    with: (one, findings) => ({ ...one, findings }),
  });
  return some.findings;
}

function fewerFacts(result: Result, lists: LongLists): Result {
  let some = lists.cut('errors', [result], {
    mostBytes: 100 * KB,
    of: ({ errors }) => errors,
    with: (one, errors) => ({ ...one, errors }),
    weight: ({ own, count }) => (own ? 0 : 1e12) + count,
  });
  some = lists.cut('ownErrors', some, {
    mostBytes: 50 * KB,
    of: ({ ownErrors }) => ownErrors,
    with: (one, ownErrors) => ({ ...one, ownErrors }),
    weight: ({ count }) => count,
  });
  some = lists.cut('compatibility', some, {
    mostBytes: 600 * KB,
    of: ({ compatibility }) => compatibility,
    with: (one, compatibility) => ({ ...one, compatibility }),
    weight: ({ ok, live }) => (ok ? 0 : 2) + (live ? 1 : 0),
  });
  some = lists.cut('coverage', some, {
    mostBytes: 100 * KB,
    of: ({ coverage }) => coverage,
    with: (one, coverage) => ({ ...one, coverage }),
    weight: ({ isUncovered, longestMs }) => (isUncovered ? 1e12 : 0) + longestMs,
  });
  return fewerOfTheWays(some[0] ?? result, lists);
}

function fewerOfTheWays(result: Result, lists: LongLists): Result {
  const { wayBack, interruptions } = result;
  const ways = lists.cut('schemaDifferences', wayBack ?? [], {
    mostBytes: 100 * KB,
    of: ({ schemaDifferences }) => schemaDifferences,
    with: (way, schemaDifferences) => ({ ...way, schemaDifferences }),
  });
  const back = lists.cut('valuesLost', ways, {
    mostBytes: 50 * KB,
    of: ({ valuesLost }) => valuesLost,
    with: (way, valuesLost) => ({ ...way, valuesLost }),
    weight: ({ count }) => count,
  });
  const cuts = lists.cut('leftovers', interruptions ?? [], {
    mostBytes: 50 * KB,
    of: ({ leftovers }) => leftovers,
    with: (one, leftovers) => ({ ...one, leftovers }),
  });
  return { ...result, ...(wayBack && { wayBack: back }), ...(interruptions && { interruptions: cuts }) };
}
