import { examples, type AddVerb } from '../context.ts';
import { compare } from './compare.ts';
import { inspect, verify } from './folders.ts';
import { maskSnapshot } from './mask.ts';
import { take, type TakeFlags } from './take.ts';

export const addSnapshot: AddVerb = (verb, context, finish) => {
  verb.addHelpText(
    'after',
    examples(
      'snapshot mask --suggest rehearsals/rename-column > mask.yaml',
      'snapshot mask --suggest --from greenmask.yml rehearsals/rename-column',
      'snapshot mask rehearsals/rename-column',
      'snapshot take postgres://reader@replica/shop --to snapshots/2026-11-20',
      'snapshot take PRODUCTION_URL --no-rows --to snapshots/shape',
      'snapshot diff snapshots/2026-10-20 snapshots/2026-11-20',
    ),
  );
  verb
    .command('mask [dir]')
    .description(
      'read the snapshot of a rehearsal and name the columns that look personal and have no masking rule',
    )
    .option('--suggest', 'print a file of rules for them')
    .option('--from <file>', 'with --suggest: rules as Greenmask’s configuration has them')
    .action(async (dir: string | undefined, { suggest, from }: { suggest?: true; from?: string }) => {
      finish(await maskSnapshot(dir, { suggest: suggest === true, from }, context));
    });
  verb
    .command('take <source>')
    .description(
      'dump a live server, with its settings, sizes and statements, into a folder that a rehearsal may name',
    )
    .requiredOption('--to <folder>', 'the folder to write; it may not be there yet')
    .option('--jobs <n>', 'sessions that dump side by side', '2')
    .option('--no-rows', 'take no row: schema, statistics and settings, of which synthesize: makes rows')
    .action(async (source: string, flags: TakeFlags) => {
      finish(await take(source, flags, context));
    });
  verb
    .command('inspect <folder>')
    .description('print what a snapshot folder holds')
    .option('--json', 'print it as one JSON document')
    .action(async (folder: string, { json }: { json?: true }) => {
      finish(await inspect(folder, json === true, context));
    });
  verb
    .command('verify <folder>')
    .description('prove that every file of a snapshot folder is as it was taken')
    .action(async (folder: string) => {
      finish(await verify(folder, context));
    });
  verb
    .command('diff <before> <after>')
    .description('tell how production grew between two snapshot folders')
    .option('--json', 'print it as one JSON document')
    .action(async (before: string, after: string, { json }: { json?: true }) => {
      finish(await compare([before, after], json === true, context));
    });
};
