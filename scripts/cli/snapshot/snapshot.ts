import { examples, type AddVerb } from '../context.ts';
import { maskSnapshot } from './mask.ts';

export const addSnapshot: AddVerb = (verb, context, finish) => {
  verb.addHelpText(
    'after',
    examples(
      'snapshot mask --suggest rehearsals/rename-column > mask.yaml',
      'snapshot mask rehearsals/rename-column',
    ),
  );
  verb
    .command('mask [dir]')
    .description(
      'read the snapshot of a rehearsal and name the columns that look personal and have no masking rule',
    )
    .option('--suggest', 'print a file of rules for them')
    .action(async (dir: string | undefined, { suggest }: { suggest?: true }) => {
      finish(await maskSnapshot(dir, suggest === true, context));
    });
};
