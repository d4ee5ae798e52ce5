import type { Result } from '../../checks/result.ts';
import { budgetText, measuredText } from '../quantities.ts';

export function ChecksTable({ result }: { result: Result }) {
  return (
    <section>
      <h2>Every check</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Checks">
        <table>
          <thead>
            <tr>
              <th scope="col">Check</th>
              <th scope="col" class="r">
                measured
              </th>
              <th scope="col" class="r">
                budget
              </th>
              <th scope="col">status</th>
            </tr>
          </thead>
          <tbody>
            {result.checks.map((check) => (
              <tr>
                <td>{check.title}</td>
                <td class="r">{measuredText(check)}</td>
                <td class="r">{budgetText(check)}</td>
                <td class={`s-${check.status}`}>
                  {check.status === 'not-judged' ? 'not judged' : check.status}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
