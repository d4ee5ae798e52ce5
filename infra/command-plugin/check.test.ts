import { describe, expect, it } from 'vitest';
import { asSecret, revealed, SIGNATURE } from '../provider-kit/wire.ts';
import { checkInputs } from './check.ts';
import { commandSchema, copySchema } from './inputs.ts';

const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const connection = { host: '10.0.0.1' };

function failures(...args: Parameters<typeof checkInputs>): string[] {
  return (checkInputs(...args).failures ?? []).map(({ property, reason }) => `${property}: ${reason}`);
}

describe('the check of inputs', () => {
  it('fills in the defaults of the connection and keeps it secret', () => {
    const checked = checkInputs(commandSchema, { connection, create: asSecret('x') });
    expect(checked.inputs).toEqual({
      connection: asSecret({ ...connection, port: 22, user: 'root', dialErrorLimit: 10, perDialTimeout: 15 }),
      create: asSecret('x'),
    });
  });

  it('names each mistake', () => {
    expect(
      failures(commandSchema, { connection: { host: '', port: 'x' }, create: 3, logging: 'loud' }),
    ).toEqual([
      'connection.host: must name a host',
      'connection.port: Invalid input: expected number, received string',
      'create: Invalid input: expected string, received number',
      expect.stringContaining('logging: '),
    ]);
    expect(failures(commandSchema, { create: 'x', interpreter: ['sh'] })).toEqual([
      expect.stringContaining('connection: '),
      expect.stringContaining('"interpreter"'),
    ]);
  });

  it('leaves alone what a preview does not know yet', () => {
    expect(failures(commandSchema, { connection: UNKNOWN, create: UNKNOWN, environment: UNKNOWN })).toEqual(
      [],
    );
    const partly = {
      connection: asSecret({ host: UNKNOWN, proxy: { host: UNKNOWN } }),
      environment: { A: UNKNOWN },
    };
    expect(failures(commandSchema, partly)).toEqual([]);
    expect(failures(copySchema, { connection, source: UNKNOWN, remotePath: UNKNOWN })).toEqual([]);
    expect(revealed(checkInputs(commandSchema, { connection: UNKNOWN }).inputs)).toEqual({
      connection: UNKNOWN,
    });
  });

  it('takes files, texts and archives by path, and nothing else', () => {
    const [asset, archive] = ['c44067f5952c0a294b673a41bacd8c17', '0def7320c3a5731c473e5ecbe6d01bc7'];
    const of = (source: unknown): string[] => failures(copySchema, { connection, source, remotePath: '/x' });
    expect(of({ [SIGNATURE]: asset, hash: 'h', path: '/f' })).toEqual([]);
    expect(of({ [SIGNATURE]: asset, hash: 'h', text: '' })).toEqual([]);
    expect(of({ [SIGNATURE]: archive, hash: 'h', path: '/d/' })).toEqual([]);
    expect(of({ [SIGNATURE]: asset, uri: 'https://example.org' })).toEqual([
      expect.stringContaining('FileAsset'),
    ]);
    expect(of({ [SIGNATURE]: archive, assets: {} })).toEqual([
      expect.stringContaining('FileArchive of a path'),
    ]);
    expect(of('/f')).toEqual([expect.stringContaining('source: ')]);
  });
});
