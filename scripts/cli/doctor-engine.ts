import type { Diagnosis } from './diagnosis.ts';

/** The Pulumi engine: the CLI, what runs a program in a folder, and what answers for `@pulumi/command`. */
export async function diagnoseEngine(): Promise<Diagnosis[]> {
  const { findEngine } = await import('../../infra/pulumi/engine/find-engine.ts');
  const engine = await findEngine();
  if ('missing' in engine) {
    return [{ what: 'Pulumi', status: 'warn', detail: engine.missing, remedy: engine.remedy }];
  }
  const { pulumi, languageHost, command } = engine;
  return [
    { what: 'Pulumi', status: 'ok', detail: `${pulumi.version} in ${pulumi.path}`, remedy: null },
    {
      what: 'language host',
      status: languageHost === null ? 'warn' : 'ok',
      detail: languageHost?.path ?? 'none: pulumi up needs it, rehearse run does not',
      remedy: languageHost === null ? 'npm run setup' : null,
    },
    {
      what: 'plugin command',
      status: 'ok',
      detail:
        command.kind === 'official'
          ? `${command.version}, official`
          : 'the built-in stand-in: the official plugin could not be had',
      remedy: null,
    },
  ];
}
