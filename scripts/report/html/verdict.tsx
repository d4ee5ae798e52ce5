import type { Finding, Result } from '../../checks/result.ts';
import { blamedStatement, VERDICT_WORD, worstFinding } from '../facts.ts';

/** The decision, the worst finding and, side by side, what was rehearsed and what to write instead. */
export function Verdict({ result }: { result: Result }) {
  const worst = worstFinding(result);
  return (
    <section class={`verdict ${result.verdict}`} aria-label="Verdict">
      <div class="word">{VERDICT_WORD[result.verdict]}</div>
      <p class="lead">{result.headline}</p>
      {worst && worst.message !== result.headline && !result.headline.startsWith(worst.message) && (
        <p>{worst.message}</p>
      )}
      {result.problem !== null && result.outcome !== 'completed' && <p class="num">{result.problem}</p>}
      {worst && <SideBySide result={result} finding={worst} />}
    </section>
  );
}

/** The blamed SQL beside its remedy. */
export function SideBySide({ result, finding }: { result: Result; finding: Finding }) {
  const blamed = blamedStatement(result, finding)?.statement;
  const place = blamed?.file ? `: ${blamed.file}, line ${blamed.line ?? 1}` : '';
  if (!blamed && finding.insteadSql === null) return finding.advice === null ? null : <p>{finding.advice}</p>;
  return (
    <div class="two">
      {blamed && (
        <div>
          <h3>{`Rehearsed${place}`}</h3>
          <pre tabIndex={0}>{blamed.error?.excerpt ?? blamed.sql}</pre>
        </div>
      )}
      <div>
        {finding.insteadSql !== null && (
          <>
            <h3>Instead</h3>
            <pre tabIndex={0}>{finding.insteadSql}</pre>
          </>
        )}
        {finding.advice !== null && <p class="small">{finding.advice}</p>}
      </div>
    </div>
  );
}
