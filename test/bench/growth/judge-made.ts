import { stat } from 'node:fs/promises';
import { RunFolder } from '../../../scripts/artifacts/run-folder.ts';
import { loadAdvice } from '../../../scripts/checks/advice.ts';
import { judge } from '../../../scripts/checks/judge.ts';
import { writeReports } from '../../../scripts/report/write.ts';

/* Judges the run in a folder and writes its reports, as `rehearse report` does, and tells on stdout what that took. */

/** What one judging took, by a process of its own. */
export interface Took {
  /** Of a processor: however busy the machine is, it is the same. */
  readonly seconds: number;
  readonly memoryMb: number;
  readonly resultMb: number;
  readonly reportMb: number;
}

const MB = 2 ** 20;
const folder = RunFolder.open(process.argv[2] ?? '');
await loadAdvice(); // whatever is loaded once is no part of it
const base = process.cpuUsage();
await writeReports(await judge(folder));
const { user, system } = process.cpuUsage(base);
const took: Took = {
  seconds: (user + system) / 1e6,
  memoryMb: process.resourceUsage().maxRSS / 1024,
  resultMb: (await stat(folder.file('result.json'))).size / MB,
  reportMb: (await stat(folder.file('report.html'))).size / MB,
};
process.stdout.write(JSON.stringify(took));
