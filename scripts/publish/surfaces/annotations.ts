import type { Finding } from '../../checks/result/contract/result.ts';
import { plural } from '../../shared/text/format.ts';
import { placeOf } from '../publication.ts';
import type { Surface } from '../surface.ts';

/** GitHub shows ten errors and ten warnings of a step, and drops the rest without a word. */
const MOST_OF_A_KIND = 10;
const COMMAND: Readonly<Record<Finding['status'], 'error' | 'warning'>> = {
  fail: 'error',
  inconclusive: 'error',
  warn: 'warning',
};

export const annotations: Surface = {
  what: 'lines in the log that GitHub shows beside the changed files',
  publish: (publication, { print }) => {
    for (const kind of ['error', 'warning'] as const) {
      const found = publication.result.findings.filter(({ status }) => COMMAND[status] === kind);
      const shown = found.length > MOST_OF_A_KIND ? found.slice(0, MOST_OF_A_KIND - 1) : found;
      for (const finding of shown) {
        const { path, line } = placeOf(publication, finding);
        const title = `${publication.result.rehearsal}: ${finding.check}`;
        const text = [finding.message, finding.advice].filter((part) => part !== null).join('\n');
        print(`::${kind} file=${property(path)},line=${line},title=${property(title)}::${data(text)}`);
      }
      const more = found.length - shown.length;
      if (more > 0) print(`::${kind}::and ${plural(more, 'more finding')}, see the report`);
    }
    return Promise.resolve();
  },
};

/** As the runner reads it: no text can end the command or begin another. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
