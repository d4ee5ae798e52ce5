import { loadavg, availableParallelism } from 'node:os';

/** What else the machine was doing, for whoever reads the figures later. */
export function machineLine(): string {
  const [minute = 0] = loadavg();
  return `${availableParallelism()} processors, load average ${minute.toFixed(1)} at the start, Node.js ${process.version}`;
}
