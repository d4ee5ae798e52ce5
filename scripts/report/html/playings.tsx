import type { Playings } from '../../checks/result/contract/result-playings.ts';
import type { Result } from '../../checks/result/contract/result.ts';
import {
  comparison,
  comparisonTitle,
  playedSentence,
  scenarioVerdict,
  wayRows,
} from '../facts/playing-facts.ts';
import { ColumnHeads } from './tables/column-heads.tsx';
import { Scroll } from './scroll.tsx';
import { unbroken } from './figure-text.ts';

/** The scenarios side by side, with the spread over their repetitions, and where the report of each playing is. */
export function PlayingsTable({ result }: { result: Result }) {
  const compared = comparison(result);
  const { playings } = result;
  if (!compared || !playings) return null;
  const { scenarios, rows } = compared;
  const names = ['figure', ...scenarios.map(({ name }) => `>${name}`), '>budget'];
  return (
    <section>
      <h2>{comparisonTitle(compared)}</h2>
      <p class="mut">{playedSentence(playings)}</p>
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
            <WayRows playings={playings} />
          </tbody>
        </table>
      </Scroll>
      {playings.advice && (
        <p>
          <strong>{playings.advice.sentence}</strong>
        </p>
      )}
      <details>
        <summary>Each playing by itself</summary>
        <ol class="played">
          {playings.played.map(({ scenario, repetition, verdict, path }) => (
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

/** Of several plans: what each asks of people. */
function WayRows({ playings }: { playings: Playings }) {
  return (
    <>
      {wayRows(playings).map(({ title, cells }) => (
        <tr>
          <th scope="row">{title}</th>
          {cells.map(({ text, spread }) => (
            <td class="r">
              {unbroken(text)}
              {spread !== '' && <span class="spread">{spread}</span>}
            </td>
          ))}
          <td />
        </tr>
      ))}
    </>
  );
}
