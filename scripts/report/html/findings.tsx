import type { Result } from '../../checks/result.ts';
import { worstFinding } from '../facts.ts';
import { SideBySide } from './verdict.tsx';

/** Every finding but the one that stands in the verdict. */
export function Findings({ result }: { result: Result }) {
  const worst = worstFinding(result);
  const others = result.findings.filter((finding) => finding !== worst);
  if (others.length === 0) return null;
  return (
    <section>
      <h2>{worst ? 'What else was found' : 'What to know'}</h2>
      {others.map((finding) => (
        <details>
          <summary>
            <span class={`s-${finding.status}`}>{finding.status}</span> {finding.message}
          </summary>
          <div>
            <SideBySide result={result} finding={finding} />
            <p class="small mut">{`Check ${finding.check}${finding.sqlstate === null ? '' : `, SQLSTATE ${finding.sqlstate}`}`}</p>
          </div>
        </details>
      ))}
    </section>
  );
}
