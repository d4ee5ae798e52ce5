import { formatDate } from '../dates.ts';
import type { ReviewNote } from '../notes.ts';

/** What reviewers wrote, below the verdict. */
export function ReviewNotes({ notes }: { notes: readonly ReviewNote[] }) {
  if (notes.length === 0) return null;
  return (
    <section>
      <h2>What reviewers wrote</h2>
      <ul>
        {notes.map(({ at, by, text }) => (
          <li>
            {text} <span class="mut small">{`${by}, ${formatDate(at)}`}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
