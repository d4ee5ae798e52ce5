import type { Result } from '../../checks/result/contract/result.ts';
import { lagRows, standbySentences } from '../facts/standby-facts.ts';
import { ColumnHeads } from './tables/column-heads.tsx';

/** Where the standby was furthest behind; its lags over time are a lane of the timeline. */
export function Standby({ result }: { result: Result }) {
  const sentences = standbySentences(result);
  if (sentences.length === 0) return null;
  const rows = lagRows(result);
  return (
    <section>
      <h2>How far the standby was behind</h2>
      <p>{sentences.join(' ')}</p>
      {rows.length > 0 && (
        <table class="lags">
          <ColumnHeads names={['On the standby', '>at most behind', '>WAL missing at most']} />
          <tbody>
            {rows.map(({ what, ms, bytes }) => (
              <tr>
                <td>{what}</td>
                <td class="r">{ms}</td>
                <td class="r">{bytes}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
