import type { Result } from '../../../checks/result/contract/result.ts';
import { DRIFT_HEADS, DRIFT_TITLE, driftRows, driftSentences } from '../../facts/drift-facts.ts';
import { Scroll } from '../scroll.tsx';
import { ColumnHeads } from './column-heads.tsx';

/** Nothing where nothing is known of production. */
export function DriftTable({ result }: { result: Result }) {
  const sentences = driftSentences(result);
  if (sentences.length === 0) return null;
  const rows = driftRows(result);
  return (
    <section>
      <h2>{DRIFT_TITLE}</h2>
      <p>{sentences.join(' ')}</p>
      {rows.length > 0 && (
        <Scroll label={DRIFT_TITLE}>
          <table class="drift">
            <ColumnHeads names={DRIFT_HEADS} />
            <tbody>
              {rows.map(({ table, timings, because }) => (
                <tr>
                  <td>{table}</td>
                  {timings.map(({ isComparable, word }) => (
                    <td>{isComparable ? word : <b>{word}</b>}</td>
                  ))}
                  <td>{because}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}
