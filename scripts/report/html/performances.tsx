import type { Result } from '../../checks/result/contract/result.ts';
import { comparison, comparisonTitle, playedSentence, scenarioVerdict } from '../facts/performance-facts.ts';
import { ColumnHeads } from './tables/column-heads.tsx';
import { Scroll } from './scroll.tsx';
import { unbroken } from './figure-text.ts';

/** The scenarios side by side, with the spread over their repetitions, and where the report of each performance is. */
export function PerformancesTable({ result }: { result: Result }) {
  const compared = comparison(result);
  const { performances } = result;
  if (!compared || !performances) return null;
  const { scenarios, rows } = compared;
  const names = ['figure', ...scenarios.map(({ name }) => `>${name}`), '>budget'];
  return (
    <section>
      <h2>{comparisonTitle(compared)}</h2>
      <p class="mut">{playedSentence(performances)}</p>
      <Scroll label={comparisonTitle(compared)}>
        <table class="compared">
          <ColumnHeads names={names} />
          <tbody>
            <tr>
              <th scope="row">Verdict</th>
              {scenarios.map((scenario) => (
                <td class={`r s-${scenario.verdict}`}>{scenarioVerdict(scenario)}</td>
              ))}
              <td />
            </tr>
            {rows.map(({ title, budget, cells }) => (
              <tr>
                <th scope="row">{title}</th>
                {cells.map(({ text, spread, isOver }) => (
                  <td class={isOver ? 'r s-fail' : 'r'}>
                    {text}
                    {spread !== '' && <span class="spread">{unbroken(spread)}</span>}
                  </td>
                ))}
                <td class="r mut">{budget}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {performances.advice && (
        <p>
          <strong>{performances.advice.sentence}</strong>
        </p>
      )}
      <details>
        <summary>Each performance by itself</summary>
        <ol class="played">
          {performances.played.map(({ scenario, repetition, verdict, path }) => (
            <li>
              {verdict === null ? (
                `${scenario}, time ${repetition}: not played`
              ) : (
                <a href={`${path}/report.html`}>{`${scenario}, time ${repetition}: ${verdict}`}</a>
              )}
            </li>
          ))}
        </ol>
      </details>
    </section>
  );
}
