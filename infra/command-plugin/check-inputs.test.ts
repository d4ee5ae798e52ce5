import { describe, expect, it } from 'vitest';
import { asSecret, revealed, SIGNATURE } from '../provider-kit/wire.ts';
import { checkInputs } from './check-inputs.ts';
import { commandSchema, copySchema } from './inputs.ts';

const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const connection = { host: '10.0.0.1', hostKey: 'ssh-ed25519 AAAA' };
const QUIET = { logging: 'none', addPreviousOutputInEnv: false };

function failures(...args: Parameters<typeof checkInputs>): string[] {
  return (checkInputs(...args).failures ?? []).map(({ property, reason }) => `${property}: ${reason}`);
}

describe('the check of inputs', () => {
  it('fills in the defaults of the connection and keeps it secret', () => {
    const checked = checkInputs(commandSchema, { connection, create: asSecret('x'), ...QUIET });
    expect(checked.inputs).toEqual({
      connection: asSecret({ ...connection, port: 22, user: 'root', dialErrorLimit: 10, perDialTimeout: 15 }),
      create: asSecret('x'),
      ...QUIET,
    });
  });

  it('names each mistake', () => {
    expect(failures(commandSchema, { connection: { host: '', port: 'x' }, create: 3 })).toEqual([
      'connection.host: must name a host',
      'connection.port: Invalid input: expected number, received string',
      'connection.hostKey: must be given: no host is taken on trust',
      'create: Invalid input: expected string, received number',
      'logging: must be none',
      'addPreviousOutputInEnv: must be false',
    ]);
  });

  it('names what only the official plugin knows, and how to get it', () => {
    const official = "install the official one with 'pulumi plugin install resource command 1.2.1'";
    const locked = { ...connection, password: 'x' };
    expect(failures(commandSchema, { connection: locked, environment: {}, update: 'x', ...QUIET })).toEqual(
      ['connection.password', 'environment', 'update'].map(
        (key) => `${key}: is not known to the stand-in for the command plugin: ${official}`,
      ),
    );
  });

  it('leaves alone what a preview does not know yet', () => {
    expect(failures(commandSchema, { connection: UNKNOWN, create: UNKNOWN, ...QUIET })).toEqual([]);
    const partly = { connection: asSecret({ ...connection, host: UNKNOWN, proxy: UNKNOWN }), ...QUIET };
    expect(failures(commandSchema, partly)).toEqual([]);
    expect(failures(copySchema, { connection, source: UNKNOWN, remotePath: UNKNOWN })).toEqual([]);
    expect(revealed(checkInputs(commandSchema, { connection: UNKNOWN }).inputs)).toEqual({
      connection: UNKNOWN,
    });
  });

  it('takes a file by its path, and nothing else', () => {
    const [asset, archive] = ['c44067f5952c0a294b673a41bacd8c17', '0def7320c3a5731c473e5ecbe6d01bc7'];
    const of = (source: unknown): string[] => failures(copySchema, { connection, source, remotePath: '/x' });
    expect(of({ [SIGNATURE]: asset, hash: 'h', path: '/f' })).toEqual([]);
    const others = [
      { [SIGNATURE]: asset, text: 'x' },
      { [SIGNATURE]: archive, hash: 'h', path: '/d/' },
      '/f',
    ];
    for (const other of others) expect(of(other)).toEqual([expect.stringMatching(/^source/)]);
  });
});
