import { IS_PACKAGE } from '../../../scripts/shared/places/own-files.mjs';
import { engineCacheDir } from './cache.ts';
import { enginePath } from './engine-path.ts';
import { findCli, type EngineFile } from './find-cli.ts';
import { findCommandPlugin, type CommandPlugin } from './find-command-plugin.ts';
import { findLanguageHost } from './find-language-host.ts';
import { missingSdk } from './find-sdk.ts';
import type { Env } from './places.ts';
import { pulumiHome } from './pulumi-home.ts';
import { ACCEPTED_CLI, COMMAND_VERSION } from './versions.ts';

/** Pulumi as it can be started on this machine. */
export interface Engine {
  readonly pulumi: EngineFile;
  /** Only projects that the CLI itself runs need it (`pulumi up` in a folder); inline programs do without. */
  readonly languageHost: EngineFile | null;
  readonly command: CommandPlugin;
  /** PULUMI_HOME. */
  readonly home: string;
  /** PATH and PULUMI_* to start the CLI with; everything else of the caller's environment stays as it is. */
  readonly env: Readonly<Record<string, string>>;
  /** What people should know, as sentences. */
  readonly notes: readonly string[];
}

export interface EngineMissing {
  readonly missing: string;
  readonly remedy: string;
}

/** Looks for the engine and installs nothing. Where a CLI on PATH is too old or too new, `notes` says so. */
export async function findEngine(env: Env = process.env): Promise<Engine | EngineMissing> {
  const lacks = missingSdk();
  if (lacks.length > 0)
    return {
      missing: `${lacks.join(' and ')} ${lacks.length === 1 ? 'is' : 'are'} not installed`,
      remedy: `npm install --save-dev ${lacks.join(' ')}`,
    };
  const { cli, passedOver } = await findCli(env);
  if (cli === undefined) {
    const looked = `neither on PATH nor in ${engineCacheDir(env)}`;
    const missing = [`the Pulumi CLI (${ACCEPTED_CLI}) is ${looked}`, ...passedOver].join('; ');
    return {
      missing,
      remedy: IS_PACKAGE ? 'install it (https://www.pulumi.com/docs/install)' : 'npm run setup',
    };
  }
  const languageHost = await findLanguageHost(cli, env);
  const home = await pulumiHome(cli, env);
  const command = await findCommandPlugin(cli, home, env);
  return {
    pulumi: cli,
    languageHost: languageHost ?? null,
    command,
    home,
    env: {
      PATH: await enginePath(cli, languageHost, command, env),
      PULUMI_HOME: home,
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      // The SDK's TypeScript, which nothing here uses, would leave a cache in the temporary folder.
      TS_NODE_CACHE: 'false',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      // The language host and the stand-in are found by PATH, whatever the caller has set.
      PULUMI_IGNORE_AMBIENT_PLUGINS: 'false',
    },
    notes: [...passedOver, ...notesOn(languageHost, command)],
  };
}

function notesOn(languageHost: EngineFile | undefined, command: CommandPlugin): string[] {
  const notes: string[] = [];
  if (languageHost === undefined) {
    notes.push(
      'pulumi-language-nodejs is missing, so the CLI cannot run this project; npm run setup gets it',
    );
  }
  if (command.kind === 'stand-in') {
    notes.push(
      `the official plugin command ${COMMAND_VERSION} is not installed; this project's stand-in answers for it`,
    );
  }
  return notes;
}
