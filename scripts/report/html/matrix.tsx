import type { Result } from '../../checks/result.ts';
import { cellOf, rollbackSentences, statesOf, versionsOf, type Cell } from '../rollback.ts';

/** Which app version survives which state of the schema. */
export function Matrix({ result }: { result: Result }) {
  const states = statesOf(result);
  if (result.compatibility.length === 0) {
    return (
      <section>
        <h2>Who survives which schema</h2>
        <p class="mut">Not tried in this run.</p>
      </section>
    );
  }
  return (
    <section>
      <h2>Who survives which schema</h2>
      <p class="mut">
        Every script of every app version, tried against every state. Filled: this version has traffic in that
        state.
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Compatibility matrix">
        <table>
          <thead>
            <tr>
              <th scope="col">App version</th>
              {states.map(({ label }) => (
                <th scope="col">{label}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {versionsOf(result).map((version) => (
              <tr>
                <th scope="row">{version}</th>
                {states.map(({ key }) => (
                  <MatrixCell cell={cellOf(result, version, key)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="mut">{rollbackSentences(result).join(' ')}</p>
      <FailingScripts result={result} />
    </section>
  );
}

function MatrixCell({ cell }: { cell: Cell }) {
  if (!cell.known) return <td class="m">not tried</td>;
  const word = cell.ok ? 'works' : `fails ${cell.sqlstates.join(', ')}`;
  const classes = ['m', cell.ok ? 'ok' : 'no', cell.live ? 'live' : ''].join(' ').trim();
  return (
    <td class={classes} title={cell.ok ? undefined : cell.failing.join(', ')}>
      <span class="dot" aria-hidden="true" />
      {cell.live ? `${word}, live` : word}
    </td>
  );
}

function FailingScripts({ result }: { result: Result }) {
  const lines = statesOf(result).flatMap(({ key, label }) =>
    versionsOf(result).flatMap((version) => {
      const { failing, live, sqlstates } = cellOf(result, version, key);
      if (failing.length === 0) return [];
      return [
        { live, text: `${label}: ${version} fails with ${sqlstates.join(', ')} in ${failing.join(', ')}` },
      ];
    }),
  );
  if (lines.length === 0) return null;
  return (
    <details>
      <summary>Which scripts fail, and where</summary>
      <ul>
        {lines.map(({ live, text }) => (
          <li class={live ? 's-fail' : ''}>{text}</li>
        ))}
      </ul>
    </details>
  );
}
