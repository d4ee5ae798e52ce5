import type { Finding, Result } from '../../checks/result/contract/result.ts';
import { blamedStatement, VERDICT_WORD, worstFinding } from '../facts/facts.ts';
import { Emphasis } from './emphasis.tsx';
import { Exact, Sql } from './sql.tsx';

/** The decision, the worst finding and, side by side, what was rehearsed and what to write instead. */
export function Verdict({ result }: { result: Result }) {
  const worst = worstFinding(result);
  const { headline } = result;
  return (
    <section class={`verdict ${result.verdict}`} aria-label="Verdict">
      <div class="word">{VERDICT_WORD[result.verdict]}</div>
      <p class="lead">
        <Emphasis text={headline} finding={worst} />
      </p>
      {worst && !headline.includes(worst.message) && <p>{worst.message}</p>}
      {result.problem !== null && result.outcome !== 'completed' && <p class="num">{result.problem}</p>}
      {worst && <SideBySide result={result} finding={worst} />}
    </section>
  );
}

/** The blamed SQL beside its remedy. */
export function SideBySide({ result, finding }: { result: Result; finding: Finding }) {
  const blamed = blamedStatement(result, finding)?.statement;
  const { advice, insteadSql } = finding;
  if (!blamed && insteadSql === null) return advice === null ? null : <p class="small">{advice}</p>;
  const place = blamed?.file ? `: ${blamed.file}, line ${blamed.line ?? 1}` : '';
  const hasRemedy = advice !== null || insteadSql !== null;
  return (
    <div class={blamed && hasRemedy ? 'two' : 'one'}>
      {blamed && (
        <div>
          <p class="sub">{`Rehearsed${place}`}</p>
          {blamed.error?.excerpt == null ? (
            <Sql sql={blamed.sql} />
          ) : (
            <Exact text={blamed.error.excerpt} label="Where the statement failed" />
          )}
        </div>
      )}
      {hasRemedy && (
        <div>
          <p class="sub">Instead</p>
          {insteadSql !== null && <Sql sql={insteadSql} />}
          {advice !== null && <p class="small">{advice}</p>}
        </div>
      )}
    </div>
  );
}
