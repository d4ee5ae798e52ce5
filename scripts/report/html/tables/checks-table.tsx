import type { Result } from '../../../checks/result/contract/result.ts';
import { budgetText, measuredText } from '../../facts/quantities.ts';
import { ColumnHeads } from './column-heads.tsx';
import { unbroken } from '../figure-text.ts';
import { Scroll } from '../scroll.tsx';

type Check = Result['checks'][number];

const ORDER: readonly Check['status'][] = ['fail', 'inconclusive', 'warn', 'pass', 'not-judged'];
const WORD: Record<Check['status'], string> = {
  fail: 'fail',
  inconclusive: 'could not tell',
  warn: 'warning',
  pass: 'pass',
  'not-judged': 'not judged',
};

/** Every check, what went wrong first; a check without a budget of its own is measured and not judged. */
export function ChecksTable({ result }: { result: Result }) {
  const checks = result.checks.toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  return (
    <section>
      <h2>Every check</h2>
      <Scroll label="Checks">
        <table class="checks">
          <ColumnHeads names={['Status', 'Check', '>measured', '>budget']} />
          <tbody>
            {checks.map((check) => (
              <tr class={check.status === 'not-judged' ? 'mut' : ''}>
                <td class={`s-${check.status} word-cell`}>{WORD[check.status]}</td>
                <td>
                  {check.title}
                  <span class="id num">{check.id}</span>
                  {check.playing === undefined ? null : <span class="id num">playing {check.playing}</span>}
                </td>
                <td class="r">{unbroken(measuredText(check))}</td>
                <td class="r">{unbroken(budgetText(check))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
