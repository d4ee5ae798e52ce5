import type { Result } from '../../scripts/checks/result/contract/result.ts';

/** What may not hang on how waits are measured, nor on chance. */
export interface Told {
  readonly verdict: Result['verdict'];
  /** Of what failed: in the findings that fail, and in the live versions of the matrix. */
  readonly sqlstates: readonly string[];
  /** Checks that failed, with the step and the statement that each blames. */
  readonly blamed: readonly string[];
  /** The statement that most requests waited for or failed by, of a run that failed: `1 alter 2`; else empty. */
  readonly stopped: string;
}

/** Of lockWait and p99 it hangs on the size of the machine whether one budget more is broken by the same statement. */
export function toldBy({ verdict, findings, steps }: Result): Told {
  const failing = findings.filter(({ status }) => status === 'fail');
  const states = failing.flatMap(({ sqlstate }) => (sqlstate === null ? [] : [sqlstate]));
  const blamed = failing.map(({ step, statement }) => `${step ?? ''} ${statement ?? ''}`);
  return {
    verdict,
    sqlstates: [...new Set(states)].sort(),
    blamed: [...new Set(blamed)].sort(),
    stopped: verdict === 'fail' ? stoppedMost(steps) : '',
  };
}

function stoppedMost(steps: Result['steps']): string {
  const all = steps.flatMap(({ index, name, statements }) =>
    statements.map(({ index: statement, victims: { delayed, failed } }) => ({
      place: `${index} ${name} ${statement}`,
      requests: delayed + failed,
    })),
  );
  const [most] = all.toSorted((a, b) => b.requests - a.requests);
  return most === undefined || most.requests === 0 ? '' : most.place;
}
