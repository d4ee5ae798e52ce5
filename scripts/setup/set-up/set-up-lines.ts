import type { Engine } from '../../../infra/pulumi/engine/find-engine.ts';
import type { EngineFile } from '../../../infra/pulumi/engine/find-cli.ts';
import { COMMAND_VERSION } from '../../../infra/pulumi/engine/versions.ts';
import { tableLines } from '../../cli/output/table-lines.ts';
import type { SetUp } from './set-up.ts';

const ORIGIN = {
  path: 'on this machine',
  download: 'downloaded by set-up',
  built: 'built by set-up',
} as const satisfies Record<EngineFile['origin'], string>;

/** What set-up ends with: a line for each thing that it looked for. */
export function setUpLines({ engine, sshd }: SetUp): string[] {
  const rows =
    'missing' in engine
      ? [['✘ Pulumi CLI', engine.missing]]
      : [
          ['✔ Pulumi CLI', fileText(engine.pulumi)],
          engine.languageHost === null
            ? ['✘ language host', 'pulumi-language-nodejs is missing']
            : ['✔ language host', fileText(engine.languageHost)],
          commandRow(engine),
        ];
  return tableLines(sshd === null ? rows : [...rows, sshdRow(sshd)]);
}

function fileText({ path, version, origin }: EngineFile): string {
  return `${version}, ${ORIGIN[origin]} (${path})`;
}

function commandRow({ command }: Engine): string[] {
  if (command.kind === 'official') return ['✔ plugin command', `${command.version}, official`];
  return [
    '✔ plugin command',
    `${COMMAND_VERSION}, the stand-in of this project (the official one is not installed)`,
  ];
}

function sshdRow(sshd: NonNullable<SetUp['sshd']>): string[] {
  if ('missing' in sshd) return ['✘ sshd', `${sshd.missing}; ${sshd.remedy}`];
  return ['✔ sshd', sshd.origin === 'system' ? sshd.path : `${sshd.path} (unpacked, not installed)`];
}
