import type { Result } from '../../../checks/result/contract/result.ts';
import { cellOf, rollbackSentences, statesOf, versionsOf, type Cell, type State } from '../../rollback.ts';
import { Scroll } from '../scroll.tsx';

/** Which app version survives which state of the schema: a row a state, since plans are longer than versions are many. */
export function Matrix({ result }: { result: Result }) {
  if (result.compatibility.length === 0) {
    return (
      <section>
        <h2>Who survives which schema</h2>
        <p class="mut">Not tried in this run.</p>
      </section>
    );
  }
  const states = statesOf(result);
  const versions = versionsOf(result);
  return (
    <section>
      <h2>Who survives which schema</h2>
      <p class="mut">
        Every script of every app version, tried against every state. Filled: this version has traffic in that
        state.
      </p>
      <Scroll label="Compatibility matrix">
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col">State of the schema</th>
              {versions.map((version) => (
                <th scope="col">{version}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {states.map((state) => (
              <tr>
                <th scope="row">
                  {state.step === null ? state.label : `after ${state.label}`}
                  {state.step?.pointOfNoReturn === true && <span class="id">point of no return</span>}
                </th>
                {versions.map((version) => (
                  <MatrixCell cell={cellOf(result, version, state.key)} state={state} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="mut">{rollbackSentences(result).join(' ')}</p>
      <FailingScripts result={result} />
    </section>
  );
}

const SHOWN_SQLSTATES = 2;

function MatrixCell({ cell, state }: { cell: Cell; state: State }) {
  const { known, ok, live, failing } = cell;
  if (!known) return <td class="m">{state.step?.status === 'skipped' ? 'not reached' : 'not tried'}</td>;
  const word = ok ? 'works' : `fails ${shortened(cell.sqlstates)}`;
  const [first = '', ...rest] = (live ? `${word}, live` : word).split(' ');
  const classes = ['m', ok ? 'ok' : 'no', live ? 'live' : ''].join(' ').trim();
  return (
    <td class={classes} title={ok ? undefined : failing.join(', ')}>
      <span class="whole">
        <span class="dot" aria-hidden="true" />
        {first}
      </span>
      {rest.length === 0 ? '' : ` ${rest.join(' ')}`}
    </td>
  );
}

function shortened(sqlstates: readonly string[]): string {
  const more = sqlstates.length - SHOWN_SQLSTATES;
  const shown = sqlstates.slice(0, SHOWN_SQLSTATES).join(', ');
  return more > 0 ? `${shown}, ${more} more` : shown;
}

function FailingScripts({ result }: { result: Result }) {
  const lines = statesOf(result).flatMap(({ key, label }) =>
    versionsOf(result).flatMap((version) => {
      const { failing, live } = cellOf(result, version, key);
      return failing.length === 0 ? [] : [{ label, version, live, text: failing.join(', ') }];
    }),
  );
  if (lines.length === 0) return null;
  return (
    <details>
      <summary>Which scripts fail, and where</summary>
      <ul>
        {lines.map(({ label, version, live, text }) => (
          <li class={live ? 's-fail' : ''}>
            {`${label}, ${version}${live ? ' (live)' : ''}: `}
            <span class="num">{text}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
