import { delimiter, dirname, resolve } from 'node:path';
import type { EngineFile } from './find-cli.ts';
import type { CommandPlugin } from './find-command-plugin.ts';
import { allOnPath, realPath, type Env } from './places.ts';

/**
 * A PATH on which `pulumi`, its language host, the stand-in and this very Node are what comes first. A folder is only put in
 * front where it must be: `/usr/local/bin` there could hide other programs of the user.
 */
export async function enginePath(
  cli: EngineFile,
  languageHost: EngineFile | undefined,
  command: CommandPlugin,
  env: Env,
): Promise<string> {
  let path = env['PATH'] ?? '';
  const prefer = async (program: string, wanted: string): Promise<void> => {
    const [first] = await allOnPath(program, { PATH: path });
    if (first !== undefined && (await realPath(first)) === (await realPath(wanted))) return;
    path = [dirname(wanted), ...path.split(delimiter).filter((folder) => folder !== '')].join(delimiter);
  };
  await prefer('node', process.execPath);
  if (languageHost) await prefer('pulumi-language-nodejs', languageHost.path);
  await prefer('pulumi', cli.path);
  if (command.kind === 'stand-in') {
    await prefer('pulumi-resource-command', resolve(command.dir, 'pulumi-resource-command'));
  }
  return path;
}
