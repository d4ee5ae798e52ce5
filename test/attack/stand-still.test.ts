import { afterEach, describe, expect, it } from 'vitest';
import { RehearseProcess } from '../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

/** Loaded before the tool: a signal makes its main thread busy for ever, as an endless loop of its own would. */
const ENDLESS = `data:text/javascript,process.on('SIGUSR2',function(){standsStill()});function%20standsStill(){for(;;);}`;

let tiny: TinyRehearsal;
afterEach(async () => {
  await tiny.remove();
});

describe('a tool that stands still', () => {
  it('is noticed from outside its event loop, says where it stands, takes its server down and ends with 1', async () => {
    tiny = await tinyRehearsal('  - { phase: expand, soak: 60s }');
    const run = new RehearseProcess(['run', '.'], {
      cwd: tiny.dir,
      tmp: tiny.tmp,
      env: { NODE_OPTIONS: `--import=${ENDLESS}` },
    });
    await run.says(/baseline: /);
    run.signal('SIGUSR2');
    expect(await run.end(), run.stderr).toBe(1);
    expect(run.stderr).toContain('error STALLED: rehearse stood still for 10 s');
    expect(run.stderr).toContain('standsStill');
    expect(tiny.processes()).toEqual([]);
    expect(await tiny.leftFolders()).toEqual([]);
  });
});
