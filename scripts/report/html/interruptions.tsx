import type { Result } from '../../checks/result/contract/result.ts';
import {
  INTERRUPTION_HEADS,
  interruptionLines,
  interruptionRows,
  interruptionSentences,
} from '../facts/interruption-facts.ts';
import { Scroll } from './scroll.tsx';
import { ColumnHeads } from './tables/column-heads.tsx';

/** What became of each step that was cut off in its middle. */
export function Interruptions({ result }: { result: Result }) {
  if (result.interruptions === undefined) return null;
  const rows = interruptionRows(result);
  const lines = interruptionLines(result);
  return (
    <section>
      <h2>Interruptions</h2>
      <p>{interruptionSentences(result).join(' ')}</p>
      {rows.length > 0 && (
        <Scroll label="Interruptions">
          <table class="back">
            <ColumnHeads names={['Step', ...INTERRUPTION_HEADS]} />
            <tbody>
              {rows.map(({ step, cells }) => (
                <tr>
                  <th scope="row">{step}</th>
                  {cells.map(({ text, isBad }, column) => (
                    <td class={classOf(INTERRUPTION_HEADS[column], isBad)}>{text}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {lines.length > 0 && (
        <details>
          <summary>What the second tries met</summary>
          <ul>
            {lines.map((line) => (
              <li>{line}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function classOf(head: string | undefined, isBad: boolean): string {
  return [head?.startsWith('>') === true ? 'r' : '', isBad ? 's-fail' : ''].join(' ').trim();
}
