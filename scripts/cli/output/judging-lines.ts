import type { OnJudging } from '../../checks/judging-news.ts';
import { formatBytes } from '../../shared/text/format.ts';

/** What is smaller is read before anybody has read a line about it. */
const LONG_BYTES = 8 * 2 ** 20;

/** Lines for people while a long run is judged, and none for any other. @param runId the run, as `rehearse report` takes it */
export function judgingLines(runId: string, say: (line: string) => void): OnJudging {
  let hasSaid = false;
  return (news) => {
    if (news.doing === 'comparing') {
      if (hasSaid) say('judging: comparing what was read');
      return;
    }
    if (news.bytes < LONG_BYTES) return;
    if (!hasSaid) say(`judging: Ctrl-C loses nothing, rehearse report ${runId} finishes it`);
    hasSaid = true;
    say(`judging: reading ${news.file}, ${formatBytes(news.bytes)}`);
  };
}
