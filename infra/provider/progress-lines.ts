import type { ResourceLog } from './resource.ts';

/** How `rehearse` begins a line about a stage or a step: news for as long as it is true. */
const PROGRESS = /^(?:[\d:]{8} )?(environment|snapshot|baseline|teardown|step \d+\/\d+)\b/;
/** How it begins its last words: they belong to the outcome. */
const OUTCOME = /^(PASS|FAIL|INCONCLUSIVE|error)\b/;

/** Passes the lines of a running `rehearse` on to the engine until its last words; those are the caller's to tell. */
export function lineForwarder(log: ResourceLog): (line: string) => void {
  let over = false;
  return (line) => {
    over ||= OUTCOME.test(line);
    if (over || line.trim() === '') return;
    if (PROGRESS.test(line)) log.progress(line);
    else log.note(line);
  };
}
