import type { Asked } from './ask.ts';
import type { Looked } from './look.ts';
import { rehearsalYaml } from './rehearsal-yaml.ts';
import type { SettledScript } from './settle-scripts.ts';

export const NOTHING_TO_ASK: SettledScript = {
  name: 'ping.sql',
  text: '-- guess: there is no table yet that the app could ask\nselect 1;\n',
};

/** The files of the rehearsal by their path in its folder. */
export function filesOf(asked: Asked, looked: Looked): ReadonlyMap<string, string> {
  const files = new Map([['rehearsal.yaml', rehearsalYaml(asked, looked)]]);
  if (looked.schema !== undefined) files.set('snapshot/generate.sql', generator(looked));
  const isOne = looked.new.length === 0;
  for (const [folder, scripts] of [
    [isOne ? 'app' : 'old', looked.old],
    ['new', looked.new],
  ] as const) {
    const some = scripts.length === 0 && folder !== 'new' ? [NOTHING_TO_ASK] : scripts;
    for (const { name, text } of some) files.set(`workload/${folder}/${name}`, text);
  }
  return files;
}

function generator({ schema = '', rows }: Looked): string {
  const invented =
    rows === undefined ? [] : ['-- The rows are invented.\nreset search_path;', ...rows.inserts];
  return `${[`-- Runs in an empty database.\n${schema.trimEnd()}`, ...invented].join('\n\n')}\n`;
}
