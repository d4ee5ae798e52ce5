import type { Finding, Result } from '../../checks/result/contract/result.ts';
import { FINDING_WORD, pageOf, scenariosText, worstFinding } from '../facts/facts.ts';
import { SideBySide } from './verdict.tsx';

/** Every finding but the one that stands in the verdict. */
export function Findings({ result }: { result: Result }) {
  const worst = worstFinding(result);
  const others = result.findings.filter((finding) => finding !== worst);
  if (others.length === 0) return null;
  return (
    <section>
      <h2>{worst ? 'What else was found' : 'What to know'}</h2>
      <ul class="findings">
        {others.map((finding) => (
          <li>
            <Item
              result={result}
              finding={finding}
              isAsWorst={worst !== undefined && isSame(finding, worst)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Item({ result, finding, isAsWorst }: { result: Result; finding: Finding; isAsWorst: boolean }) {
  const { status, message, check, sqlstate, statement, insteadSql, advice } = finding;
  const hasMore = statement !== null || insteadSql !== null || advice !== null;
  const sources = [
    scenariosText(finding),
    sqlstate === null ? '' : `SQLSTATE ${sqlstate}`,
    pageOf(check),
  ].filter((part) => part !== '');
  return (
    <>
      <span class={`badge s-${status}`}>{FINDING_WORD[status]}</span>
      <div>
        <p>{message}</p>
        {isAsWorst && <p class="small mut">The same statement as above, with the same remedy.</p>}
        {hasMore && !isAsWorst && (
          <details class="plain">
            <summary>{statement === null ? 'What to do' : 'The statement, and what to do'}</summary>
            <SideBySide result={result} finding={finding} />
          </details>
        )}
        <p class="small mut">{sources.join(' · ')}</p>
      </div>
    </>
  );
}

function isSame(a: Finding, b: Finding): boolean {
  return (
    a.step === b.step && a.statement === b.statement && a.insteadSql === b.insteadSql && a.advice === b.advice
  );
}
