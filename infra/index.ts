import { getProject, RunError, runtime, type Output } from '@pulumi/pulumi';
import { mistakeLine } from '../scripts/shared/errors.ts';
import { Rehearsal } from './resources/rehearsal.ts';
import { Teardown } from './resources/teardown.ts';
import { readRehearsals } from './stack/read-rehearsals.ts';
import { rehearsalArgs } from './stack/rehearsal-args.ts';
import { readStackConfig } from './stack/stack-config.ts';
import { allTargets } from './targets/index.ts';

/** What the stack tells about one rehearsal. */
type Facts = Record<
  'verdict' | 'worstFinding' | 'report' | 'durationMs' | 'cost' | 'leftovers',
  Output<string | number>
>;

/**
 * The program behind `pulumi up`: a Rehearsal for each one that the stack's config names, one after another, since two at a
 * time would only measure each other. With one rehearsal the outputs are its facts, with several the facts by name.
 */
export async function program(): Promise<Facts | Record<string, Facts>> {
  const targets = ['auto', ...allTargets().map(({ name }) => name)];
  const { config, mistakes } = readStackConfig(ownConfig(), targets);
  const { rehearsals, mistakes: more } = await readRehearsals(config.rehearsals);
  const all = [...mistakes, ...more].map(mistakeLine);
  if (all.length > 0) throw forReader(new RunError(`nothing was started:\n${all.join('\n')}`));

  const facts: Record<string, Facts> = {};
  let last: Teardown | Rehearsal = new Teardown('teardown');
  const teardown = last;
  for (const rehearsal of rehearsals) {
    const args = await rehearsalArgs(rehearsal, config);
    const resource: Rehearsal = new Rehearsal(rehearsal.name, args, { dependsOn: [teardown, last] });
    const { verdict, worstFinding, reportPath: report, durationMs, cost, leftovers } = resource;
    facts[rehearsal.name] = { verdict, worstFinding, report, durationMs, cost, leftovers };
    last = resource;
  }
  const [first, ...others] = Object.values(facts);
  return first && others.length === 0 ? first : facts;
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
