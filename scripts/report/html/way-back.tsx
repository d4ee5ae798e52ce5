import type { Result } from '../../checks/result/contract/result.ts';
import { differenceLines, WAY_BACK_HEADS, wayBackRows, wayBackSentences } from '../facts/way-back-facts.ts';
import { Scroll } from './scroll.tsx';
import { ColumnHeads } from './tables/column-heads.tsx';

/** From which steps the release can be taken back, and what that costs. */
export function WayBack({ result }: { result: Result }) {
  const rows = wayBackRows(result);
  if (rows.length === 0) return null;
  const differences = differenceLines(result);
  return (
    <section>
      <h2>The way back</h2>
      <p>{wayBackSentences(result).join(' ')}</p>
      <Scroll label="The way back">
        <table class="back">
          <ColumnHeads names={['Turned around', ...WAY_BACK_HEADS]} />
          <tbody>
            {rows.map(({ from, cells, reason }) => (
              <tr>
                <th scope="row">
                  {from}
                  {reason !== null && <span class="why">{reason}</span>}
                </th>
                {cells.map(({ text, isBad }, column) => (
                  <td
                    class={[
                      WAY_BACK_HEADS[column]?.startsWith('>') === true ? 'r' : '',
                      isBad ? 's-fail' : '',
                    ]
                      .join(' ')
                      .trim()}
                  >
                    {text}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {differences.length > 0 && (
        <details>
          <summary>What is not as it was</summary>
          <ul>
            {differences.map((line) => (
              <li>{line}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
