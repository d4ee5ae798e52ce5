import type { Result } from '../../../checks/result/contract/result.ts';
import { COVERAGE_HEADS, COVERAGE_TITLE, coverageRows, moreCovered } from '../../facts/coverage-facts.ts';
import { Scroll } from '../scroll.tsx';
import { ColumnHeads } from './column-heads.tsx';

/** Nothing where the plan stopped no table, or the run did not tell. */
export function CoverageTable({ result }: { result: Result }) {
  const rows = coverageRows(result);
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>{COVERAGE_TITLE}</h2>
      <Scroll label="Stopped tables">
        <table class="coverage">
          <ColumnHeads names={COVERAGE_HEADS} />
          <tbody>
            {rows.map(({ cells: [table, step, lock, longest, asked], isUncovered }) => (
              <tr>
                <td>{table}</td>
                <td>{step}</td>
                <td>{lock}</td>
                <td class="r">{longest}</td>
                <td>{isUncovered ? <b>{asked}</b> : asked}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {moreCovered(result) !== '' && <p class="small mut">{moreCovered(result)}</p>}
    </section>
  );
}
