import { cut } from '../cut.ts';

const MOST_LINES = 60;
const MOST_CHARACTERS = 6000;

/** SQL as it was written; what is very long is shortened, and says so. */
export function Sql({ sql }: { sql: string }) {
  const text = cut(sql, MOST_CHARACTERS, '').split('\n').slice(0, MOST_LINES).join('\n');
  return (
    <pre class="sql">
      {text}
      {text.length < sql.length && (
        <span class="mut">{'\n… the rest is in the run folder, under plan/'}</span>
      )}
    </pre>
  );
}

/** Lines that must stay under each other, such as a caret under its place. */
export function Exact({ text, label }: { text: string; label: string }) {
  return (
    <pre class="exact" tabIndex={0} role="region" aria-label={label}>
      {text}
    </pre>
  );
}
