import { getProject, RunError, runtime } from '@pulumi/pulumi';
import { mistakeLine } from '../scripts/shared/errors.ts';
import { Rehearsal } from './resources/rehearsal.ts';
import { Teardown } from './resources/teardown.ts';
import {
  ended,
  notJudged,
  outputsForGood,
  outputsForNow,
  outputsOf,
  type StackOutputs,
} from './stack/stack-outputs.ts';
import { readRehearsals } from './stack/read-rehearsals.ts';
import { rehearsalArgs } from './stack/rehearsal-args.ts';
import { readStackConfig } from './stack/stack-config.ts';
import { tellPrice } from './stack/tell-price.ts';
import { allTargets } from './targets/index.ts';

const NOT_ENDED = 'it failed in the last update or was not rehearsed; what that printed says which';

/**
 * The program behind `pulumi up`: a Rehearsal for each one that the stack's config names, one after another, since two at a
 * time would only measure each other.
 */
export async function program(): Promise<StackOutputs> {
  const targets = ['auto', ...allTargets().map(({ name }) => name)];
  const { config, mistakes } = readStackConfig(ownConfig(), targets);
  const { rehearsals, mistakes: more } = await readRehearsals(config.rehearsals, config.targets);
  const lines = [...mistakes, ...more].map(mistakeLine);
  if (lines.length > 0) {
    outputsForGood(new Map([['', notJudged(NOT_ENDED)]]));
    throw forReader(new RunError(`nothing was started:\n${lines.join('\n')}`));
  }

  const all = new Map(rehearsals.map(({ name }) => [name, notJudged(NOT_ENDED)]));
  outputsForNow(all);
  const teardown = new Teardown('teardown');
  for (const rehearsal of rehearsals) {
    if (runtime.isDryRun()) await tellPrice(rehearsal, config.target);
    const args = await rehearsalArgs(rehearsal, config);
    // The next one begins when this one has ended, well or not.
    all.set(rehearsal.name, await ended(new Rehearsal(rehearsal.name, args, { dependsOn: teardown })));
  }
  return outputsOf(all);
}

/** Without its stack: nobody is to read it, and the SDK's program runner takes half a minute to format one. */
function forReader(error: RunError): RunError {
  error.stack = error.message;
  return error;
}

/** `dress-rehearsal:target` → `target`; other namespaces are other people's. */
function ownConfig(): Record<string, string> {
  const prefix = `${getProject()}:`;
  const own = Object.entries(runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}
