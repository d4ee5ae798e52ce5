import type { Compared } from '../compared.ts';
import { formatDate } from '../dates.ts';

const TONE: Readonly<Record<Compared['figures'][number]['judgement'], string>> = {
  better: 's-pass',
  worse: 's-fail',
  'within noise': 'mut',
  'noise not known': 'mut',
  new: 'mut',
  gone: 'mut',
};
const HEAD = ['Figure', 'Then', 'Now', 'Change', 'Judged'];
const LAST = 'Smallest change that shows';

/** What differs from the last run that passed with the same plan; nothing where there was none. */
export function AgainstLastGood({ compared }: { compared: Compared | undefined }) {
  if (compared === undefined) return null;
  const { runId, startedAt, whose, changes, figures } = compared;
  const hasNoise = figures.some(({ smallest }) => smallest !== '');
  return (
    <section>
      <h2>Against the last good run</h2>
      <p class="small mut">
        {[runId, formatDate(startedAt), whose].filter((part) => part !== '').join(', ')}
      </p>
      {changes.map((change) => (
        <p>{change}</p>
      ))}
      <div class="scroll" tabIndex={0} role="region" aria-label="Against the last good run">
        <table class="against">
          <thead>
            <tr>
              {[...HEAD, ...(hasNoise ? [LAST] : [])].map((title, column) => (
                <th scope="col" class={column > 0 && column < 4 ? 'r' : ''}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {figures.map(({ title, before, after, change, judgement, smallest }) => (
              <tr>
                <th scope="row">{title}</th>
                <td class="r">{before}</td>
                <td class="r">{after}</td>
                <td class="r">{change}</td>
                <td class={TONE[judgement]}>{judgement}</td>
                {hasNoise && <td>{smallest}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
