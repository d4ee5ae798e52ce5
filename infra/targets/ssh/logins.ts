import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';
import { asError, RehearsalError } from '../../../scripts/shared/errors.ts';
import { KeyAgent } from '../../ssh/key-agent.ts';
import { OwnKey } from '../../ssh/own-key.ts';
import type { Login } from '../../contract/hosts.ts';

export interface Logins {
  /** @param key path of a file; undefined = the user's agent @param at whose key, for messages @throws TARGET_UNAVAILABLE */
  loginOf(key: string | undefined, at: string): Promise<Login>;
}

const agents = new Map<string, Promise<KeyAgent>>();

/**
 * Ways to log in that copy no key: the user's own agent, or one of this process's that has read the files.
 * @param runId whose stack names the agent's socket, and finds it again in a later process; undefined = of no run
 */
export function logins(runId: string | undefined, env: NodeJS.ProcessEnv = process.env): Logins {
  return {
    async loginOf(key, at) {
      if (key === undefined) {
        const agent = env['SSH_AUTH_SOCK'] ?? '';
        if (agent !== '') return { agent, keyFile: null };
        throw unusable(
          `${at} has no key, and there is no agent: name a file as ${at}.key, or set SSH_AUTH_SOCK`,
        );
      }
      const file = key.startsWith('~/') ? join(homedir(), key.slice(2)) : key;
      const own = parsed(await textOf(file, at), file, at);
      if (runId === undefined) return lookWith(own, file);
      const agent = await agentOf(`${userInfo().uid} ${runId}`);
      agent.add(own);
      return { agent: agent.socket, keyFile: file };
    },
  };
}

/** Keys of logins for a look, which nobody but this process dials with: they need no socket, which a kill would leave. */
const looking = new WeakMap<Login, OwnKey>();

function lookWith(key: ParsedKey, file: string): Login {
  const login: Login = { agent: '', keyFile: file };
  looking.set(login, new OwnKey(key));
  return login;
}

/** What a connection of this process logs in with. */
export function keysOf(login: Login): string | OwnKey {
  return looking.get(login) ?? login.agent;
}

function agentOf(name: string): Promise<KeyAgent> {
  const agent = agents.get(name) ?? KeyAgent.start(name);
  agents.set(name, agent);
  return agent;
}

async function textOf(file: string, at: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw unusable(`${at}.key ${file} cannot be read: ${asError(error).message}`);
  });
}

function parsed(text: string, file: string, at: string): Parameters<KeyAgent['add']>[0] {
  const key: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text);
  if (key instanceof Error) {
    const locked = /encrypted|passphrase/i.test(key.message);
    throw unusable(
      locked
        ? `${at}.key ${file} has a passphrase: add it to an agent (ssh-add ${file}), and leave ${at}.key out`
        : `${at}.key ${file} is not a private key: ${key.message}`,
    );
  }
  const [one] = [key].flat();
  if (one?.isPrivateKey() === true) return one;
  throw unusable(`${at}.key ${file} is not a private key: name the file without .pub`);
}

function unusable(message: string): RehearsalError {
  return new RehearsalError('TARGET_UNAVAILABLE', message);
}
