import { formatMs } from '../../shared/text/format.ts';
import type { Finding } from '../../checks/result/contract/result.ts';

/** A sentence in which the step's name is code and the measured number stands out. */
export function Emphasis({ text, finding }: { text: string; finding: Finding | undefined }) {
  const step = finding?.step ?? '';
  const measured = finding?.measured != null && finding.unit === 'ms' ? formatMs(finding.measured) : '';
  return (
    <>
      {split(text, [step, measured]).map((part) => {
        if (part === '') return null;
        if (part === step) return <code>{part}</code>;
        return part === measured ? <b>{part}</b> : part;
      })}
    </>
  );
}

/** `text` cut before and after the first place of each word, which must stand by itself. */
function split(text: string, words: readonly string[]): string[] {
  return words.reduce<string[]>(
    (parts, word) => {
      if (word === '') return parts;
      const at = parts.findIndex((part) => placeOf(part, word) >= 0);
      const part = parts[at];
      if (part === undefined) return parts;
      const from = placeOf(part, word);
      return [
        ...parts.slice(0, at),
        part.slice(0, from),
        word,
        part.slice(from + word.length),
        ...parts.slice(at + 1),
      ];
    },
    [text],
  );
}

function placeOf(part: string, word: string): number {
  return part === word ? -1 : ` ${part} `.search(new RegExp(`(?<= )${escaped(word)}(?=[ .,:;)])`)) - 1;
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
